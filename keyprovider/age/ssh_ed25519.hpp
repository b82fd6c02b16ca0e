// ssh-ed25519 keys, as age takes them: the key for signatures, turned into one of X25519. Safe in every
// thread.
#pragma once

#include "keyprovider/age/primitives.hpp"
#include "keyprovider/age/recipient.hpp"

namespace imgcrypt::keyprovider::age {

inline constexpr std::string_view kSshEd25519 = "ssh-ed25519";

class SshEd25519Recipient final : public Recipient {
 public:
  // `blob` is the public key in SSH's encoding. Throws kUsage for what is not one, also for keys that have no
  // private half.
  explicit SshEd25519Recipient(ByteView blob);

  [[nodiscard]] std::string text() const override;
  [[nodiscard]] AgeStanza wrap(const SecretBytes& file_key) const override;

 private:
  friend class SshEd25519Identity;
  // Ties what is wrapped to this very key.
  [[nodiscard]] SecretBytes tweak() const;

  Bytes blob_;
  std::string tag_;
  Point point_;  // of X25519
};

class SshEd25519Identity final : public Identity {
 public:
  // `secret` is the seed and then the public key, 32 bytes each, as OpenSSH writes it (RFC 8032 section
  // 5.1.5). Throws kUsage if they are not halves of one key.
  explicit SshEd25519Identity(ByteView secret);

  [[nodiscard]] const Recipient& recipient() const override { return recipient_; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(const AgeStanza& stanza) const override;

 private:
  SshEd25519Recipient recipient_;
  SecretBytes scalar_;
};

}  // namespace imgcrypt::keyprovider::age

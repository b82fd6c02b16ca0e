// ssh-rsa keys, as age takes them: RSA-OAEP with SHA-256. Safe in every thread.
#pragma once

#include "keyprovider/age/recipient.hpp"
#include "keys/key.hpp"

namespace imgcrypt::keyprovider::age {

inline constexpr std::string_view kSshRsa = "ssh-rsa";

// Big-endian, without signs. Of a private key, whose parts are as OpenSSH has them.
struct RsaNumbers {
  ByteView modulus, exponent, private_exponent, prime1, prime2;
};

class SshRsaRecipient final : public Recipient {
 public:
  // `blob` is the public key in SSH's encoding. Throws kUsage for what is not one, kRefused for one that is
  // too short or too long.
  explicit SshRsaRecipient(ByteView blob);

  [[nodiscard]] std::string text() const override;
  [[nodiscard]] AgeStanza wrap(const SecretBytes& file_key) const override;

 private:
  friend class SshRsaIdentity;

  Bytes blob_;
  std::string tag_;
  PublicKey key_;
};

class SshRsaIdentity final : public Identity {
 public:
  // Throws as SshRsaRecipient.
  explicit SshRsaIdentity(const RsaNumbers& numbers);

  [[nodiscard]] const Recipient& recipient() const override { return recipient_; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(const AgeStanza& stanza) const override;

 private:
  SshRsaRecipient recipient_;
  PrivateKey key_;
};

}  // namespace imgcrypt::keyprovider::age

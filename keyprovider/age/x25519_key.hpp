// age's own keys: X25519 (RFC 7748), written as "age1..." and "AGE-SECRET-KEY-1...". Safe in every thread.
#pragma once

#include "keyprovider/age/primitives.hpp"
#include "keyprovider/age/recipient.hpp"

namespace imgcrypt::keyprovider::age {

inline constexpr std::string_view kX25519SecretStart = "AGE-SECRET-KEY-1";

class X25519Recipient final : public Recipient {
 public:
  // Throws kUsage for what is not such a key, also for points of low order, whose messages everybody can
  // open.
  static X25519Recipient parse(std::string_view text);

  [[nodiscard]] std::string text() const override;
  [[nodiscard]] AgeStanza wrap(const SecretBytes& file_key) const override;

 private:
  friend class X25519Identity;
  explicit X25519Recipient(const Point& point) : point_(point) {}

  Point point_;
};

class X25519Identity final : public Identity {
 public:
  static X25519Identity generate();
  // Throws kUsage, which never quotes the text.
  static X25519Identity parse(std::string_view text);

  // What parse() reads.
  [[nodiscard]] SecretBytes text() const;
  [[nodiscard]] const Recipient& recipient() const override { return recipient_; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(const AgeStanza& stanza) const override;

 private:
  explicit X25519Identity(SecretBytes scalar);

  SecretBytes scalar_;
  X25519Recipient recipient_;
};

}  // namespace imgcrypt::keyprovider::age

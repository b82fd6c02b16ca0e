// X25519 keys (RFC 7748) and libsodium's sealed boxes. A key is one line of text: a prefix that says what it
// is, then base64url of its 32 bytes and of a checksum of 4 bytes, so that a typing error does not make
// another key. README.md, section "sodium", has the exact format. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::sodium {

inline constexpr std::string_view kPublicPrefix = "sodium-x25519-public-";
inline constexpr std::string_view kSecretPrefix = "sodium-x25519-secret-";
inline constexpr std::size_t kKeySize = 32;  // bytes

// A usable public key. Copies are independent.
class PublicKey {
 public:
  // Throws kUsage unless it is a usable public key; points of low order, with which everybody could open what
  // is sealed, and non-canonical encodings are not.
  static PublicKey parse(std::string_view text);

  // What parse() reads, without a line end.
  [[nodiscard]] std::string text() const;
  // kKeySize bytes, valid for as long as this object.
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  friend bool operator==(const PublicKey&, const PublicKey&) = default;

 private:
  friend class SecretKey;
  PublicKey() = default;

  std::array<std::uint8_t, kKeySize> bytes_{};
};

// Move-only. (Its SecretBytes have initialized libsodium before any key exists.)
class SecretKey {
 public:
  // A new random key, from the system's generator.
  static SecretKey generate();
  // Throws kUsage unless it is a secret key. The message never quotes the text. The public half is computed,
  // not read: the two cannot disagree.
  static SecretKey parse(std::string_view text);

  // What parse() reads, without a line end.
  [[nodiscard]] SecretBytes text() const;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  // kKeySize bytes, valid until this object is moved from or destroyed.
  [[nodiscard]] ByteView expose() const noexcept { return bytes_.expose(); }

 private:
  explicit SecretKey(SecretBytes bytes);

  SecretBytes bytes_;
  PublicKey public_key_;
};

// `plaintext` in a sealed box (crypto_box_seal), 48 bytes longer. The box does not tell who made it. Throws
// kUsage if nothing can be sealed for this key.
[[nodiscard]] Bytes seal(const PublicKey& recipient, ByteView plaintext);
// The plaintext; nullopt if the box was sealed for another key or is damaged.
[[nodiscard]] std::optional<SecretBytes> open(const SecretKey& key, ByteView sealed);

}  // namespace imgcrypt::keyprovider::sodium

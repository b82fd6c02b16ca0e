// X25519 keys (RFC 7748) and libsodium's sealed boxes. A key is one line of text: what it is, then base64url
// of its 32 bytes and a check of 4 bytes, so that a slip of the pen is no other key.
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

class PublicKey {
 public:
  // Throws kUsage for what is no usable public key: also non-canonical and low-order points.
  static PublicKey parse(std::string_view text);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  friend bool operator==(const PublicKey&, const PublicKey&) = default;

 private:
  friend class SecretKey;
  PublicKey() = default;

  std::array<std::uint8_t, kKeySize> bytes_{};
};

// Holds SecretBytes, which have set libsodium up before any key exists.
class SecretKey {
 public:
  static SecretKey generate();
  // Throws kUsage for what is no secret key.
  static SecretKey parse(std::string_view text);

  [[nodiscard]] SecretBytes text() const;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] ByteView expose() const noexcept { return bytes_.expose(); }

 private:
  explicit SecretKey(SecretBytes bytes);

  SecretBytes bytes_;
  PublicKey public_key_;
};

[[nodiscard]] Bytes seal(const PublicKey& recipient, ByteView plaintext);
// nullopt: not sealed for this key, or damaged.
[[nodiscard]] std::optional<SecretBytes> open(const SecretKey& key, ByteView sealed);

}  // namespace imgcrypt::keyprovider::sodium

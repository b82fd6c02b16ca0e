// The cryptography that age files are made of, by libsodium (age-encryption.org/v1; RFC 7748, 5869, 8439).
// Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace imgcrypt::keyprovider::age {

inline constexpr std::size_t kPointSize = 32;    // bytes, also of a scalar
inline constexpr std::size_t kFileKeySize = 16;  // bytes
inline constexpr std::size_t kTagSize = 16;      // bytes, Poly1305

using Point = std::array<std::uint8_t, kPointSize>;
using Nonce = std::array<std::uint8_t, 12>;

// HKDF with SHA-256, of 32 bytes.
[[nodiscard]] SecretBytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info);
[[nodiscard]] std::array<std::uint8_t, 32> hmac_sha256(const SecretBytes& key, ByteView message);

// nullopt for a point of low order, with which everybody knows the result. REQUIRES: kPointSize bytes each.
[[nodiscard]] std::optional<SecretBytes> x25519(ByteView scalar, ByteView point);
[[nodiscard]] Point public_point(ByteView scalar);
// From the system's generator.
[[nodiscard]] SecretBytes random_secret(std::size_t size);

// ChaCha20-Poly1305, kTagSize bytes longer than the plaintext. REQUIRES: a key of 32 bytes; no nonce twice
// for one key.
[[nodiscard]] Bytes seal(const SecretBytes& key, const Nonce& nonce, ByteView plaintext);
// nullopt if it was sealed with another key or nonce, or is damaged.
[[nodiscard]] std::optional<SecretBytes> open(const SecretBytes& key, const Nonce& nonce, ByteView sealed);

}  // namespace imgcrypt::keyprovider::age

// PKCS #1 v1.5 without an oracle: a wrong padding gives random bytes, and nothing tells that it did. For
// PrivateKey, and for devices that hold RSA keys. Safe for use by several threads.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

// The message of `encoded`, what the raw private operation gives, as long as the modulus (RFC 8017 section
// 7.2.2, EM), when it holds one of exactly `size` bytes; else random bytes, in the same time. Random as well
// when no message of that size fits.
[[nodiscard]] SecretBytes unpad_pkcs1(ByteView encoded, std::size_t size);

// The same for a device that unpads by itself: `message` if it has exactly `size` bytes, else random bytes.
// nullopt: the device refused the ciphertext. How long the device took may still tell.
[[nodiscard]] SecretBytes message_or_random(std::optional<SecretBytes> message, std::size_t size);

}  // namespace imgcrypt

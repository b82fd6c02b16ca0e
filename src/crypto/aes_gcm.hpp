// AES in Galois/Counter Mode (NIST SP 800-38D) over small messages, 16-byte tags. The key's size, 16, 24 or
// 32 bytes, chooses the cipher.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

inline constexpr std::size_t kGcmNonceSize = 12;  // bytes
inline constexpr std::size_t kGcmTagSize = 16;    // bytes

struct GcmSealed {
  Bytes ciphertext;
  Bytes tag;
};

[[nodiscard]] GcmSealed gcm_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext);
// nullopt when the tag does not fit.
[[nodiscard]] std::optional<SecretBytes> gcm_open(const SecretBytes& key, ByteView nonce, ByteView aad,
                                                  ByteView ciphertext, ByteView tag);

}  // namespace imgcrypt

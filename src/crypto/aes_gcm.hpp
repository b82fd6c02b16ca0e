// AES in Galois/Counter Mode (NIST SP 800-38D) for small messages in memory, with 12-byte nonces and 16-byte
// tags. The key's size chooses AES-128 (16 bytes), AES-192 (24) or AES-256 (32); another one is kOther. Safe
// in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

inline constexpr std::size_t kGcmNonceSize = 12;  // bytes
inline constexpr std::size_t kGcmTagSize = 16;    // bytes

// Apart, as JWE has them; PKCS7 appends the tag to the ciphertext, which is as long as the plaintext.
struct GcmSealed {
  Bytes ciphertext;
  Bytes tag;
};

// Encrypts `plaintext` and authenticates it together with `aad`, the additional data, which may be empty.
// Throws kOther unless the nonce has kGcmNonceSize bytes. REQUIRES: the key was never used with this nonce
// before; otherwise messages can be forged.
[[nodiscard]] GcmSealed gcm_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext);
// The plaintext; nullopt if the tag does not fit, whether because of another key or a change of any argument,
// or if nonce or tag have another size. Nothing unauthenticated is returned.
[[nodiscard]] std::optional<SecretBytes> gcm_open(const SecretBytes& key, ByteView nonce, ByteView aad,
                                                  ByteView ciphertext, ByteView tag);

}  // namespace imgcrypt

// AES in CBC mode with HMAC (RFC 7518 section 5.2): read for the sake of others, never written.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

// The key's size, 32, 48 or 64 bytes, chooses A128CBC-HS256, A192CBC-HS384 or A256CBC-HS512. nullopt when the
// tag does not fit, which is checked before anything is decrypted, or the IV's size is wrong.
[[nodiscard]] std::optional<SecretBytes> cbc_hmac_open(const SecretBytes& key, ByteView iv, ByteView aad,
                                                       ByteView ciphertext, ByteView tag);

}  // namespace imgcrypt

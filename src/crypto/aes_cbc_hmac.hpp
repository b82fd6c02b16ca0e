// Authenticated decryption with AES in CBC mode and HMAC (RFC 7518 section 5.2), as JWE messages of other
// programs use it. We never write it. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

// The plaintext; nullopt if the tag is not that of key, IV, additional data and ciphertext, or the IV does
// not have 16 bytes. The tag is checked before anything is decrypted, so that the padding tells an attacker
// nothing. The key's size chooses A128CBC-HS256 (32 bytes), A192CBC-HS384 (48) or A256CBC-HS512 (64); another
// one is kOther.
[[nodiscard]] std::optional<SecretBytes> cbc_hmac_open(const SecretBytes& key, ByteView iv, ByteView aad,
                                                       ByteView ciphertext, ByteView tag);

}  // namespace imgcrypt

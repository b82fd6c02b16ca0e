// Decryption with block ciphers in Cipher Block Chaining mode (NIST SP 800-38A section 6.2) with the padding
// of RFC 5652 section 6.3. The result is not authenticated: the caller must check it by other means, and must
// not tell anybody whether the padding was right. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

// 3DES has blocks of 8 bytes and keys of 24, AES blocks of 16 and keys of 16, 24 or 32. The IV is a block.
enum class BlockCipher { kAes128, kAes192, kAes256, kTripleDes };

// The plaintext without its padding; nullopt if the ciphertext is empty or not whole blocks, or if the
// padding is wrong. The time does not tell more about the padding than the result does. Throws kOther if key
// or IV do not have the size that the cipher needs.
[[nodiscard]] std::optional<SecretBytes> cbc_open(BlockCipher cipher, const SecretBytes& key, ByteView iv,
                                                  ByteView ciphertext);

}  // namespace imgcrypt

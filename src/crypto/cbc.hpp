// Decryption with block ciphers in Cipher Block Chaining mode (NIST SP 800-38A), padded as RFC 5652 section
// 6.3. Nothing authenticates what comes out.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

enum class BlockCipher { kAes128, kAes192, kAes256, kTripleDes };

// nullopt when the length or the padding is wrong. Time tells nothing more about the padding than that.
// REQUIRES: key and iv are as long as the cipher wants.
[[nodiscard]] std::optional<SecretBytes> cbc_open(BlockCipher cipher, const SecretBytes& key, ByteView iv,
                                                  ByteView ciphertext);

}  // namespace imgcrypt

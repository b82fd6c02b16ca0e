// What it costs to derive the key that a private key is encrypted with from its passphrase. The file itself
// says how much, so a hostile one could take hours or all memory. For the sources of this folder and tests.
// Pure functions.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace imgcrypt {

// OpenSSL writes 2048 iterations, other tools up to some hundred thousand and guides recommend 600 000; ten
// million take some seconds.
inline constexpr std::uint64_t kMostPbkdf2Iterations = 10'000'000;
// N times r times p (RFC 7914 section 2): 32 times what OpenSSL writes, some seconds.
inline constexpr std::uint64_t kMostScryptWork = std::uint64_t{1} << 22U;
// OpenSSL's own bound (EVP_PBE_scrypt), twice what it writes.
inline constexpr std::uint64_t kMostScryptMemory = std::uint64_t{32} * 1024 * 1024;  // bytes

// `key` is an EncryptedPrivateKeyInfo (RFC 5208 section 6). Throws kRefused if PBKDF2, scrypt or a scheme of
// PKCS #5 v1.5 or PKCS #12 would cost more than these limits, which the message names; kUsage if it cannot
// tell.
void check_key_derivation(ByteView key);

}  // namespace imgcrypt

// The one-step key derivation of NIST SP 800-56C section 4 with SHA-256, which RFC 7518 section 4.6.2 calls
// Concat KDF.
#pragma once

#include "base/secret_bytes.hpp"

namespace imgcrypt {

// `size` bytes derived from the shared secret and from OtherInfo, whose layout the protocol defines (for JWE
// RFC 7518 section 4.6.2). The same arguments give the same bytes. Throws
// kOther if OpenSSL fails. Safe in every thread.
[[nodiscard]] SecretBytes concat_kdf(const SecretBytes& shared_secret, ByteView other_info, std::size_t size);

}  // namespace imgcrypt

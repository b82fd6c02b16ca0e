// The single-step key derivation of NIST SP 800-56A with SHA-256 ("Concat KDF").
#pragma once

#include "base/secret_bytes.hpp"

namespace imgcrypt {

// `size` bytes derived from the shared secret and the OtherInfo that the protocol defines.
[[nodiscard]] SecretBytes concat_kdf(const SecretBytes& shared_secret, ByteView other_info, std::size_t size);

}  // namespace imgcrypt

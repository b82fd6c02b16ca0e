// Bytes from OpenSSL's random generator. Throws kOther when the system has no entropy.
#pragma once

#include "base/secret_bytes.hpp"

namespace imgcrypt {

[[nodiscard]] Bytes random_bytes(std::size_t size);         // nonces
[[nodiscard]] SecretBytes random_secret(std::size_t size);  // keys

}  // namespace imgcrypt

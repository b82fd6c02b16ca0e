// Bytes from OpenSSL's random generators (NIST SP 800-90A), seeded by the system. They throw kOther if the
// system gives no seed; they never return weaker bytes instead. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

namespace imgcrypt {

// For what becomes public, such as nonces. `size` is in bytes.
[[nodiscard]] Bytes random_bytes(std::size_t size);
// For keys: from a generator whose output is never published.
[[nodiscard]] SecretBytes random_secret(std::size_t size);

}  // namespace imgcrypt

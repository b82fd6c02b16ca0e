// AES Key Wrap (RFC 3394) with the default initial value. The wrapping key's size, 16, 24 or 32 bytes,
// chooses the cipher.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

[[nodiscard]] Bytes aes_kw_wrap(const SecretBytes& wrapping_key, const SecretBytes& key);
// nullopt when the integrity check fails or the size is none of a wrapped key.
[[nodiscard]] std::optional<SecretBytes> aes_kw_unwrap(const SecretBytes& wrapping_key, ByteView wrapped);

}  // namespace imgcrypt

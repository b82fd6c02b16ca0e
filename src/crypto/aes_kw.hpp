// AES Key Wrap (RFC 3394) with the default initial value (section 2.2.3.1): deterministic, authenticated, 8
// bytes longer than the key. The wrapping key's size chooses AES-128 (16 bytes), AES-192 (24) or AES-256
// (32); another one is kOther. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>

namespace imgcrypt {

// Throws kOther unless `key` has at least 16 bytes and a multiple of 8.
[[nodiscard]] Bytes aes_kw_wrap(const SecretBytes& wrapping_key, const SecretBytes& key);
// The key; nullopt if the integrity check fails (another wrapping key, or a change), or if `wrapped` has a
// size that no wrapped key has.
[[nodiscard]] std::optional<SecretBytes> aes_kw_unwrap(const SecretBytes& wrapping_key, ByteView wrapped);

}  // namespace imgcrypt

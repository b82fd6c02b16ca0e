// Bech32 (BIP 173), the form in which age writes keys: a prefix, "1", digits and a checksum, in letters of
// one case. Texts may be of any length. Pure functions.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string_view>

namespace imgcrypt::keyprovider::age {

// The case of `prefix` is that of all letters. It is secret if the bytes are.
[[nodiscard]] SecretBytes encode_bech32(std::string_view prefix, ByteView bytes);
// nullopt unless it is such a text with this very prefix: a typing error is found, but not where it is.
[[nodiscard]] std::optional<SecretBytes> decode_bech32(std::string_view prefix, std::string_view text);

}  // namespace imgcrypt::keyprovider::age

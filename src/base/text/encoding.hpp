// Text encodings of bytes. Decoders take the one canonical form and nothing else: no white space unless it
// is allowed, exact padding, no spare bits.
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

enum class Base64 {
  kStandard,  // RFC 4648 section 4, with padding
  kUrl,       // RFC 4648 section 5, without padding
};

enum class WhiteSpace { kRefused, kIgnored };

[[nodiscard]] std::string encode_base64(ByteView bytes, Base64 variant);
// As encode_base64, for text that is itself a secret.
[[nodiscard]] SecretBytes encode_base64_secret(ByteView bytes, Base64 variant);

// nullopt: not canonical base64.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text, Base64 variant);
[[nodiscard]] std::optional<SecretBytes> decode_base64_secret(std::string_view text, Base64 variant,
                                                              WhiteSpace space = WhiteSpace::kRefused);

[[nodiscard]] std::string encode_hex(ByteView bytes);  // lower case

}  // namespace imgcrypt

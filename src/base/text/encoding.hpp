// Text encodings of bytes. Decoders accept only the canonical form: exact padding, unused bits zero, and no
// white space unless the caller allows it. Neither direction branches on the data or uses it as an index
// (except encode_hex), so they are fit for secrets. Encoders throw nothing but std::bad_alloc.
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

enum class Base64 {
  kStandard,  // RFC 4648 section 4, with padding
  kUnpadded,  // the same without padding
  kUrl,       // RFC 4648 section 5, without padding
};

enum class WhiteSpace {
  kRefused,
  kIgnored,  // spaces, tabs and line ends, anywhere
};

[[nodiscard]] std::string encode_base64(ByteView bytes, Base64 variant);
// The same for bytes that are secret: their base64 is secret too.
[[nodiscard]] SecretBytes encode_base64_secret(ByteView bytes, Base64 variant);

// nullopt if the text is not canonical base64 of that variant. The empty text decodes to no bytes.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text, Base64 variant);
// The same for a secret; no copy of it is left elsewhere.
[[nodiscard]] std::optional<SecretBytes> decode_base64_secret(std::string_view text, Base64 variant,
                                                              WhiteSpace space = WhiteSpace::kRefused);

// RFC 4648 section 8, but in lower case, as digests are written. Not for secrets.
[[nodiscard]] std::string encode_hex(ByteView bytes);

}  // namespace imgcrypt

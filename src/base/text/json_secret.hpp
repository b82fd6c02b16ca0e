// Strings of JSON documents that are secret: passwords and tokens. Nothing is copied to memory that is not
// wiped. Pure functions.
#pragma once

#include "base/secret_bytes.hpp"
#include "base/text/json.hpp"

namespace imgcrypt {

// A string with its escapes decoded; bytes that are not escaped stay as they are. Throws kIntegrity for
// another kind of value, and for an escape of a lone surrogate. REQUIRES: check_json() has accepted the text.
[[nodiscard]] SecretBytes decode_json_secret(const JsonView& value);

// The text as a JSON string, with its quotes. Only what must be escaped is (RFC 8259, section 7).
[[nodiscard]] SecretBytes quote_json_secret(ByteView utf8);

}  // namespace imgcrypt

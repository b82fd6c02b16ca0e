// URIs of keys in tokens (RFC 7512), as they are written after -r and -k: without p11-kit, which only
// keyprovider-pkcs11 links. What matters here is that no PIN gets into a message. Pure functions.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// What comes before the first attribute.
inline constexpr std::string_view kTokenUriScheme = "pkcs11:";

// Of what comes after "pkcs11:": whether it begins with an attribute, as in "token=one;object=key", and so is
// not the name of a file.
[[nodiscard]] bool is_token_uri(std::string_view text);

struct TokenUri {
  std::string text;  // without the PIN, fit for messages
  std::optional<SecretBytes> pin = std::nullopt;
};

// Takes the attribute `pin-value` out of the query (section 2.4) and decodes it; the other attributes keep
// their bytes. Throws kUsage, without the text, if there are two, the encoding is wrong, or a PIN is written
// in another way: before the question mark, or in an attribute with another name that begins with "pin".
[[nodiscard]] TokenUri take_pin(std::string_view uri);

// The file that the attribute `pin-source` names, decoded and without "file:"; empty if there is none. Throws
// kUsage for a wrong encoding.
[[nodiscard]] std::string pin_file_of(std::string_view uri);

// `text`, which may hold a URI with a PIN, without it: values of attributes that begin with "pin" are "...",
// and nothing comes after a colon in the query.
[[nodiscard]] std::string with_hidden_pin(std::string_view text);

// For messages, of what comes after "pkcs11:": only what no PIN can be in, whatever the user wrote. No query,
// and nothing after a colon.
[[nodiscard]] std::string shown_token_key(std::string_view key);

}  // namespace imgcrypt

// A key of a token, as the user names it: by a URI, or by ocicrypt's key file. One thread.
#pragma once

#include "keyprovider/pkcs11/uri.hpp"

#include <map>
#include <string>

namespace imgcrypt::keyprovider::pkcs11 {

using Environment = std::map<std::string, std::string>;

struct TokenKey {
  Uri uri;
  Environment environment;  // of the module: "module/env" of the file
  std::string name;         // "FILE (URI)" or the URI, without a PIN, for messages
};

// The content of a key file that is not a URI. Throws kUsage if it cannot be read, naming it without what may
// be a PIN.
[[nodiscard]] SecretBytes read_named_file(const std::string& parameter);
// A YAML key file: "pkcs11/uri" and "module/env"; other members count for nothing. Throws kUsage and
// kRefused, naming the file, for what is not one.
[[nodiscard]] TokenKey parse_token_key(ByteView content, const std::string& file);
// `parameter`: a URI without its scheme, or a file. Throws so; kUsage if the file cannot be read.
[[nodiscard]] TokenKey read_token_key(const std::string& parameter);

}  // namespace imgcrypt::keyprovider::pkcs11

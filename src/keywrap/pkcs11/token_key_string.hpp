// Keys in tokens as the user names them, i.e. what comes after "pkcs11:": FILE or URI, with a passphrase form
// or the PIN itself. Looks which files exist; otherwise a pure function.
#pragma once

#include "keywrap/key_string.hpp"

namespace imgcrypt {

// `file` is the file, or the URI without a PIN. The PIN of a URI is its `pin-value`, or it follows as after
// every key in a device; after the module, it needs no form: "?module-name=softhsm2:1234". Other attributes
// may have colons of their own. Throws kUsage as take_pin, as parse_device_key_string, and for two PINs.
[[nodiscard]] KeyString parse_token_key_string(const std::string& text);

}  // namespace imgcrypt

// Tells ocicrypt's key files for PKCS#11 from others, by their text alone: only keyprovider-pkcs11 reads
// YAML. A pure function.
#pragma once

#include <string_view>

namespace imgcrypt {

// Whether it looks like YAML, or JSON, that names a key of a token: a member "pkcs11", and in it "uri" with a
// URI. It may be the beginning of a file only.
[[nodiscard]] bool is_token_key_file(std::string_view text);

}  // namespace imgcrypt

// What a key file names, for `imgcrypt key show`, as JSON. One thread.
#pragma once

#include "keyprovider/pkcs11/tokens.hpp"

#include <string>

namespace imgcrypt::keyprovider::pkcs11 {

// [{"uri","module","kind","fingerprint","fault"}], a line. `kind`, and `fingerprint`, which is that of the
// public key (RFC 7638), are empty where the token cannot be asked without a PIN; `fault` then says why.
// Throws kUsage, naming the file, for what is not a key file.
[[nodiscard]] std::string list_key_file(Tokens& tokens, const std::string& file);

// The public key that a key file names, in PEM. Throws kUsage, naming it; kProvider.
[[nodiscard]] std::string public_text_of(Tokens& tokens, const std::string& file);

}  // namespace imgcrypt::keyprovider::pkcs11

// Files that hold one key as text, and the values behind provider:sodium that name them.
#pragma once

#include "keyprovider/sodium/key.hpp"
#include "keys/key_pair_files.hpp"

#include <string>

namespace imgcrypt::keyprovider::sodium {

// A public key file, or the text of the key itself. Throws Error naming the file.
[[nodiscard]] PublicKey read_recipient(const std::string& file_or_text);
// Throws Error naming the file.
[[nodiscard]] SecretKey read_secret_key(const std::string& file);

// Writes `file` and `file`.pub, a line each. Throws as write_key_pair.
void write_key_files(const std::string& file, const SecretKey& key, IfPresent if_present);

}  // namespace imgcrypt::keyprovider::sodium

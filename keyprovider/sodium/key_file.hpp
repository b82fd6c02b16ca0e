// Files that hold one key as text, and the values behind provider:sodium that name them.
#pragma once

#include "keyprovider/sodium/key.hpp"

#include <string>

namespace imgcrypt::keyprovider::sodium {

// A public key file, or the text of the key itself. Throws Error naming the file.
[[nodiscard]] PublicKey read_recipient(const std::string& file_or_text);
// Throws Error naming the file.
[[nodiscard]] SecretKey read_secret_key(const std::string& file);

enum class IfPresent { kRefuse, kReplace };

// Writes `file`, which only its owner can read, and `file`.pub. Both are whole and on the disk when it
// returns; at no time does a public key stand beside a secret that is not its own. Throws Error with nothing
// written, and kRefused when one of them is there.
void write_key_files(const std::string& file, const SecretKey& key, IfPresent if_present);

}  // namespace imgcrypt::keyprovider::sodium

// Files that contain one key as a line of text, and the values after provider:sodium: that name them. No
// message shows a secret key, even if somebody gives one in the place of a file name.
#pragma once

#include "keyprovider/sodium/key.hpp"
#include "keys/key_pair_files.hpp"

#include <string>

namespace imgcrypt::keyprovider::sodium {

// From a public key file, or from the text of the key itself: what begins with kPublicPrefix is not a file.
// Throws kUsage, naming the file, if it cannot be read, has more than 4 KiB or is not a public key.
[[nodiscard]] PublicKey read_recipient(const std::string& file_or_text);
// Of a secret or a public key file. Throws the same.
[[nodiscard]] PublicKey read_public_half(const std::string& file);
// Throws the same for a file that is not a secret key file.
[[nodiscard]] SecretKey read_secret_key(const std::string& file);

// Writes the secret key to `file`, which only its owner can read, and the public key to `file`.pub. Throws
// like write_key_pair.
void write_key_files(const std::string& file, const SecretKey& key, IfPresent if_present);

}  // namespace imgcrypt::keyprovider::sodium

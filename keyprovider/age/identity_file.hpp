// Files with private keys: those of age, one key a line, as age-keygen writes them, and those of OpenSSH.
// Read at each call. No message shows a private key.
#pragma once

#include "keyprovider/age/recipient.hpp"
#include "keys/key_pair_files.hpp"

namespace imgcrypt::keyprovider::age {

// At least one, at most 64. Throws kUsage, without the file's name, for what is not such a file,
// with what it is instead.
[[nodiscard]] Identities parse_identities(std::string_view content);
// The same, naming the file; kUsage if it cannot be read.
[[nodiscard]] Identities read_identities(const std::string& file);

// Of a file of private keys or of recipients, one a line. Throws as the functions that read them.
[[nodiscard]] std::string read_public_halves(const std::string& file);

// A new X25519 key in `file`, which only its owner can read, and its public half in `file`.pub. Returns the
// public half. Throws like write_key_pair.
std::string write_new_key(const std::string& file, IfPresent if_present);

}  // namespace imgcrypt::keyprovider::age

// Passphrases of key files, from wherever the user says they come.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/key_string.hpp"

#include <optional>

namespace imgcrypt::cli {

void warn_of_bare_password(const KeyString& key, Reporter& reporter);

// nullopt when the key names none. Throws kUsage when it cannot be had.
[[nodiscard]] std::optional<SecretBytes> read_passphrase(const KeyString& key);

// For a key that is to be made: `form` is file=F, fd=N, env=V or prompt, which asks twice. Throws kUsage,
// also for an empty one and for pass=P, which every user of the machine could see.
[[nodiscard]] SecretBytes read_new_passphrase(const std::string& file, const std::string& form);

}  // namespace imgcrypt::cli

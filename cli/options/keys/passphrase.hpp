// Passphrases of key files, from where the user says they are: a file, a descriptor, the environment, the
// command line or a prompt. Each of them is read once: a descriptor ends, and a variable is removed from the
// environment, which key providers inherit.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/key_string.hpp"

#include <optional>
#include <string>

namespace imgcrypt::cli {

// For --help: "FILE with a private key, followed by ...".
[[nodiscard]] std::string key_argument_help();

// Warns if the passphrase is given without :pass=, as FILE:PASSPHRASE. `place` is that of a variable's line;
// empty: the command line.
void warn_of_bare_passphrase(const KeyString& key, const std::string& place, Reporter& reporter);
// Warns of others who can read or replace a file with a secret. `what` it is: "key".
void warn_of_exposure(const std::string& what, const std::string& path, Reporter& reporter);

// nullopt if the key names no passphrase. Warns of others who can read its file. Throws kUsage if it cannot
// be read; as prompt_passphrase. REQUIRES, for :env: no other thread uses the environment meanwhile. The
// descriptor of :fd stays open, at its end.
[[nodiscard]] std::optional<SecretBytes> read_passphrase(const KeyString& key, Reporter& reporter);

// For a key that is to be made: `form` is file=F, fd=N, env=V or prompt, which asks twice; `file` is the key
// file, for the prompt. Throws kUsage for anything else, also for an empty passphrase, for one that programs
// read differently (line breaks, NUL) and for pass=P, which every user of the machine could see; as
// prompt_passphrase.
[[nodiscard]] SecretBytes read_new_passphrase(const std::string& file, const std::string& form,
                                              Reporter& reporter);

}  // namespace imgcrypt::cli

// Private keys that the user wants on a node, read and found to be of use there. For the main thread.
#pragma once

#include "cli/terminal/output.hpp"
#include "keywrap/key_string.hpp"
#include "node/daemons/key_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::cli {

struct UsableKey {
  StoredKey stored;
  std::optional<std::string> fingerprint;  // nullopt: a key provider's
};

// Of "FILE[:file=F ...]", as on the command line; asks for a passphrase on a terminal. Throws kUsage, naming
// the file, for what the decoder could not use, also a wrong passphrase.
[[nodiscard]] UsableKey read_usable_key(const std::string& text, Output& output);

// All keys of a directory, by name: every file that does not begin with a dot, NAME.pass being the passphrase
// of NAME. Of a volume of Kubernetes all are from one state, whatever changes meanwhile. Throws kNotFound if
// there is none; as read_usable_key.
[[nodiscard]] std::vector<UsableKey> read_usable_keys_of(const std::string& directory, Output& output);

}  // namespace imgcrypt::cli

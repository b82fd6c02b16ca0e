// How a daemon of a node is told to decrypt, and how our files are marked. The texts for the daemons are made
// of it. A value, and pure functions.
#pragma once

#include "node/defaults.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// Absolute paths, as the daemon sees them.
struct DecoderSetup {
  std::string decoder;                                   // ctd-decoder
  std::string keys = kDefaultKeyDirectory;               // its key directory
  std::string provider_config = kDefaultProviderConfig;  // need not exist
};

// The first line of each file, or part of a file, that `command` writes: a comment in all of their languages.
[[nodiscard]] std::string own_mark(const std::string& command);
// Throws kRefused if there is a file at `path` without such a line: it is somebody else's, and stays.
void check_own(const std::string& path, const std::optional<std::string>& content);

}  // namespace imgcrypt

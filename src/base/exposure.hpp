// Who besides its owner can read or replace a file with a secret: a private key, credentials. For warnings;
// the file is used all the same. Safe for use by several threads.
#pragma once

#include <string>

namespace imgcrypt {

// "others can read it (mode 0644): chmod 600 FILE", one line; empty if only its owner can, and the owner is
// this process's user or root. Follows links; looks at the mode bits of the file and of the directories that
// lead to it, not at access control lists. Empty for what is not a regular file.
[[nodiscard]] std::string describe_exposure(const std::string& path);

}  // namespace imgcrypt

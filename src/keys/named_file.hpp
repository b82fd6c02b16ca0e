// Opens files that the user named on the command line: keys, certificates, passphrases. Safe for use by
// several threads.
#pragma once

#include "base/process/fd.hpp"

#include <string>

namespace imgcrypt {

// For reading; never becomes the controlling terminal. Throws kUsage, as the user named it, without the path
// but with hint_for_missing_file; kCancelled.
[[nodiscard]] Fd open_named_file(const std::string& path);

// The error of a command whose argument is wrong: whatever is wrong with a key that the user named, in which
// command ever, is kUsage. kProvider, kCancelled and a process that cannot be started stay,
// which are not about the argument.
[[nodiscard]] Error about_argument(const std::string& argument, const Error& error);

// What to do about a file that is not there: "~" is the shell's to expand. Empty if nothing can be guessed.
[[nodiscard]] std::string hint_for_missing_file(const std::string& path);

}  // namespace imgcrypt

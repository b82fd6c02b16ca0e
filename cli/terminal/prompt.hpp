// Asks the user for a secret on the controlling terminal, whatever stdin, stdout and stderr are. For the main
// thread: the terminal is one.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt::cli {

// One line from /dev/tty without its newline, typed without echo; waits for it. Throws kUsage if there is no
// terminal or it ends before a line, kCancelled on a signal. The terminal's settings are restored in any
// case.
[[nodiscard]] SecretBytes prompt_passphrase(const std::string& question);

}  // namespace imgcrypt::cli

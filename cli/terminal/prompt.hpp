// Asks the user on the controlling terminal, whatever stdin, stdout and stderr are. For the main thread: the
// terminal is one.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt::cli {

// One line from /dev/tty without its newline, typed without echo; waits for it. Throws kUsage if there is no
// terminal or it ends before a line, kCancelled on a signal. The terminal's settings are restored in any
// case.
[[nodiscard]] SecretBytes prompt_passphrase(const std::string& question);
// The same for what is not secret, typed with echo. REQUIRES: has_terminal().
[[nodiscard]] std::string prompt_line(const std::string& question);

// Whether somebody may be asked for what they did not say they would answer: in a script nobody would.
[[nodiscard]] bool is_interactive();
// Whether there is a controlling terminal.
[[nodiscard]] bool has_terminal();

}  // namespace imgcrypt::cli

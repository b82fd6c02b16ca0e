// Asks for a secret on the terminal.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt::cli {

// From /dev/tty, without echo. Throws kUsage when there is no terminal, kCancelled when the user gives up.
[[nodiscard]] SecretBytes prompt_passphrase(const std::string& question);

}  // namespace imgcrypt::cli

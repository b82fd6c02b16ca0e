// The key providers that come with imgcrypt, asked about key files of theirs.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt::cli {

// What the program, e.g. "keyprovider-sodium", prints, without the newline at its end. Throws kProvider if it
// is not installed or fails, with what it says; kCancelled.
[[nodiscard]] std::string ask_own_provider(const std::string& program, std::vector<std::string> arguments);

}  // namespace imgcrypt::cli

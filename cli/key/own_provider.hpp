// The key providers that come with imgcrypt, asked about key files of theirs.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <vector>

namespace imgcrypt::cli {

// What the program, e.g. "keyprovider-sodium", prints, without the newline at its end. `input` is its stdin.
// Throws kProvider if it is not installed or fails, with what it says; kCancelled.
[[nodiscard]] std::string ask_own_provider(const std::string& program, std::vector<std::string> arguments,
                                           ByteView input = {});

}  // namespace imgcrypt::cli

// What is wrong with a command line, in words for people: which option or argument, what it takes, and what
// the user may have meant. Used by main after the parser has refused the arguments, and by `help`.
#pragma once

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <span>
#include <string>

namespace imgcrypt::cli {

// The error, always kUsage, for arguments (without the program's name) that the parser refused with `said`.
// The parser's own words are used only if nothing is found that explains them.
[[nodiscard]] Error usage_error(const CLI::App& root, std::span<const std::string> arguments,
                                const CLI::ParseError& said);

// `name` is not a command below `command`.
[[nodiscard]] Error unknown_command(const CLI::App& command, const std::string& name);

// Throws kUsage for what the parser takes, but not as it was meant: an empty argument or value, mostly a
// shell's variable that is not set, and a flag's value after a space.
void refuse_misread(const CLI::App& root, std::span<const std::string> arguments);

}  // namespace imgcrypt::cli

// Which argument the parser did not know, and what the user may have meant. Used by main after a parse error.
#pragma once

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <span>
#include <string>

namespace imgcrypt::cli {

// kUsage for the first of the arguments (without the program's name) that is not a command or option of
// `app`; the hint has the name nearest to it, if any. nullopt if all are known and the fault is another.
[[nodiscard]] std::optional<Error> find_unknown(const CLI::App& app, std::span<char*> arguments);

// "imgcrypt recipients add": the command that was given, as far as the parser got.
[[nodiscard]] std::string chosen_command(const CLI::App& app);

}  // namespace imgcrypt::cli

// For arguments that the parser refuses: which one it was, and what was perhaps meant.
#pragma once

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <span>
#include <string>

namespace imgcrypt::cli {

// The first argument that names no command or option; nullopt when the fault is another.
[[nodiscard]] std::optional<Error> find_unknown(const CLI::App& app, std::span<char*> arguments);

// "imgcrypt recipients add": the command that was named, as far as it was.
[[nodiscard]] std::string chosen_command(const CLI::App& app);

}  // namespace imgcrypt::cli

// For arguments that the parser refuses: which one it was, and what was perhaps meant.
#pragma once

#include <imgcrypt/error.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <span>

namespace imgcrypt::cli {

// The first argument that names no command or option; nullopt when the fault is another.
[[nodiscard]] std::optional<Error> find_unknown(const CLI::App& app, std::span<char*> arguments);

}  // namespace imgcrypt::cli

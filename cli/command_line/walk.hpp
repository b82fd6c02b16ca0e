// The arguments of a command line, sorted by what they are. The parser does the same, but tells only the
// first thing that it dislikes, and in its own words. Used for usage errors and for completion.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imgcrypt::cli {

struct GivenOption {
  const CLI::Option* option = nullptr;
  std::string name;                  // as it was written: "--key" or "-k"
  std::optional<std::string> value;  // nullopt: none was given
};

struct Walk {
  const CLI::App* command = nullptr;  // the innermost that was named
  std::vector<GivenOption> options;
  std::vector<std::string> arguments;  // of the command
  std::optional<std::string> unknown_option;
  std::optional<std::string> unknown_command;
  // A flag with the `true` or `false` that follows it after a space, and so is an argument.
  std::optional<std::pair<std::string, std::string>> detached;
  bool is_after_dashes = false;  // "--" was given: what follows is no option, whatever it looks like
};

// Walks `arguments`, which do not have the program's name, from `root` on; stops after an unknown option or
// command. The texts are copies; the rest lives as long as `root`.
[[nodiscard]] Walk walk(const CLI::App& root, std::span<const std::string> arguments);

// The option that waits for its value at the end of the walk; nullptr if none does.
[[nodiscard]] const CLI::Option* open_option(const Walk& walk);

}  // namespace imgcrypt::cli

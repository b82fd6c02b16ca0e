// The tree of commands as the parser knows it, for what is made from it: help, usage errors, completion and
// man pages. Pure functions; what they return lives as long as the parser.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::cli {

// "imgcrypt recipients add"
[[nodiscard]] std::string path_of(const CLI::App& command);

// The commands below this one, in the order of --help.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& command);
// Their names.
[[nodiscard]] std::vector<std::string> command_names(const CLI::App& command);
// The command of this name directly below `command`; nullptr if there is none.
[[nodiscard]] const CLI::App* find_command(const CLI::App& command, std::string_view name);
// The command at the end of a list of names, below `root`. Throws kUsage, with the nearest name as a hint.
[[nodiscard]] const CLI::App& command_at(const CLI::App& root, const std::vector<std::string>& names);

// The options that a command takes of its own, and its arguments (what has a place instead of a name).
[[nodiscard]] std::vector<const CLI::Option*> own_options(const CLI::App& command);
[[nodiscard]] std::vector<const CLI::Option*> arguments_of(const CLI::App& command);
// Its own and those of the commands above it, all of which it takes.
[[nodiscard]] std::vector<const CLI::Option*> options_of(const CLI::App& command);
// By one of its names, with dashes: "--key", "-k". nullptr if the command has no such option.
[[nodiscard]] const CLI::Option* find_option(const CLI::App& command, const std::string& name);

// All names with dashes, in the order in which they were declared; of an argument its name.
[[nodiscard]] std::vector<std::string> names_of(const CLI::Option& option);
// The one for messages: the first long name.
[[nodiscard]] std::string name_of(const CLI::Option& option);
[[nodiscard]] bool takes_value(const CLI::Option& option);
// What --help shows for the value: "FILE", "text|json". Empty for a flag.
[[nodiscard]] std::string type_of(const CLI::Option& option);
// The words that the value may be, if only some are allowed.
[[nodiscard]] std::vector<std::string> choices_of(const CLI::Option& option);

// The numbers that the value may be, if they have bounds.
struct NumberRange {
  long long least = 0;
  long long most = 0;

  [[nodiscard]] bool contains(const std::string& text) const;
};
[[nodiscard]] std::optional<NumberRange> range_of(const CLI::Option& option);

}  // namespace imgcrypt::cli

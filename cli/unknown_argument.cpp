#include "cli/unknown_argument.hpp"

#include "base/text/spelling.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::cli {
namespace {

std::string path_of(const CLI::App* app) {
  return app->get_parent() == nullptr ? app->get_name() : path_of(app->get_parent()) + " " + app->get_name();
}

Error unknown(const std::string& what, std::string_view text, const std::vector<std::string>& names,
              const CLI::App* app) {
  const std::string near = nearest_name(text, names);
  return {ErrorCode::kUsage, "unknown " + what + " \"" + std::string(text) + "\"",
          (near.empty() ? "see " : "did you mean " + near + "? See ") + path_of(app) + " --help"};
}

// The options of a command and of those above it.
std::vector<const CLI::Option*> options_of(const CLI::App* app) {
  std::vector<const CLI::Option*> options;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) options.push_back(option);
  }
  return options;
}

const CLI::Option* find_option(const CLI::App* app, std::string_view argument) {
  const bool is_long = argument.starts_with("--");
  const std::string name(is_long ? argument.substr(0, argument.find('=')) : argument.substr(0, 2));
  const auto options = options_of(app);
  const auto found = std::ranges::find_if(options, [&](const CLI::Option* o) { return o->check_name(name); });
  return found == options.end() ? nullptr : *found;
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options_of(app)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Whether the next argument is this option's value.
bool takes_next(const CLI::Option* option, std::string_view argument) {
  const bool holds_value =
      argument.starts_with("--") ? argument.find('=') != std::string_view::npos : argument.size() > 2;
  return option->get_items_expected_min() > 0 && !holds_value;
}

// All of them: the filter keeps get_subcommands() from giving only those that were parsed.
std::vector<const CLI::App*> commands_of(const CLI::App* command) {
  return command->get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> command_names(const CLI::App* command) {
  std::vector<std::string> names;
  for (const CLI::App* one : commands_of(command)) names.push_back(one->get_name());
  return names;
}

const CLI::App* find_command(const CLI::App* command, std::string_view name) {
  const auto commands = commands_of(command);
  const auto found =
      std::ranges::find_if(commands, [&](const CLI::App* one) { return one->get_name() == name; });
  return found == commands.end() ? nullptr : *found;
}

}  // namespace

std::string chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? path_of(&app) : chosen_command(*chosen.front());
}

std::optional<Error> find_unknown(const CLI::App& app, std::span<char*> arguments) {
  const CLI::App* command = &app;
  bool is_value = false;
  for (const std::string_view argument : arguments) {
    if (argument == "--") break;  // what follows is no option, whatever it looks like (POSIX, guideline 10)
    if (is_value) {
      is_value = false;
    } else if (argument.size() > 1 && argument.starts_with('-')) {
      const CLI::Option* option = find_option(command, argument);
      if (option == nullptr)
        return unknown("option", argument.substr(0, argument.find('=')), option_names(command), command);
      is_value = takes_next(option, argument);
    } else if (!commands_of(command).empty()) {
      const CLI::App* next = find_command(command, argument);
      if (next == nullptr) return unknown("command", argument, command_names(command), command);
      command = next;
    }
  }
  return std::nullopt;
}

}  // namespace imgcrypt::cli

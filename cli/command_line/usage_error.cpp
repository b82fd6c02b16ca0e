#include "cli/command_line/usage_error.hpp"

#include "cli/command_line/command_tree.hpp"
#include "cli/command_line/did_you_mean.hpp"
#include "cli/command_line/options_of_others.hpp"
#include "cli/command_line/walk.hpp"

#include <algorithm>
#include <optional>

namespace imgcrypt::cli {
namespace {

using Fault = std::optional<Error>;

// "--platform PLATFORM: only these platforms, ...": what an option or argument takes.
std::string what_it_takes(const CLI::Option& option) {
  const std::string type = type_of(option);
  return name_of(option) + (type.empty() ? "" : " " + type) + ": " + option.get_description();
}

Error wrong(const std::string& message, const std::string& hint) {
  return {ErrorCode::kUsage, message, hint};
}

// The command that the whole line names, which may begin with an option of it.
const CLI::App& command_in(const Walk& walk, std::span<const std::string> arguments) {
  const CLI::App* command = walk.command;
  for (const std::string& argument : arguments) {
    if (const CLI::App* next = find_command(*command, argument)) command = next;
  }
  return *command;
}

Error unknown_option(const Walk& walk, std::span<const std::string> arguments) {
  const CLI::App& command = command_in(walk, arguments);
  if (&command != walk.command && find_option(command, *walk.unknown_option) != nullptr)
    return wrong("unknown option \"" + *walk.unknown_option + "\" before the command",
                 "write it after the command: " + path_of(command) + " " + *walk.unknown_option);
  std::vector<std::string> names;
  for (const CLI::Option* option : options_of(*walk.command)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::string cure = cure_for_foreign(*walk.unknown_option);
  return wrong("unknown option \"" + *walk.unknown_option + "\"",
               cure.empty() ? did_you_mean(*walk.unknown_option, names, *walk.command) : cure);
}

Fault find_missing_value(const Walk& walk) {
  const CLI::Option* open = open_option(walk);
  if (open != nullptr) return wrong(walk.options.back().name + " needs a value", what_it_takes(*open));
  for (const GivenOption& given : walk.options) {
    if (!takes_value(*given.option) && given.value)
      return wrong(given.name + " takes no value but true or false", "leave out \"=" + *given.value + "\"");
  }
  return std::nullopt;
}

Fault find_empty(const Walk& walk) {
  for (const GivenOption& given : walk.options) {
    if (takes_value(*given.option) && given.value && given.value->empty())
      return wrong(given.name + " has an empty value", what_it_takes(*given.option));
  }
  const auto taken = arguments_of(*walk.command);
  for (std::size_t i = 0; i < walk.arguments.size() && !taken.empty(); ++i) {
    const CLI::Option& argument = *taken[std::min(i, taken.size() - 1)];
    if (walk.arguments[i].empty()) return wrong(name_of(argument) + " is empty", what_it_takes(argument));
  }
  return std::nullopt;
}

Fault find_wrong_value(const Walk& walk) {
  for (const GivenOption& given : walk.options) {
    if (!given.value) continue;
    const std::string start = given.name + " \"" + *given.value + "\"";
    if (const auto range = range_of(*given.option); range && !range->contains(*given.value)) {
      return wrong(start + " is not a number from " + std::to_string(range->least) + " to " +
                       std::to_string(range->most),
                   what_it_takes(*given.option));
    }
    const auto choices = choices_of(*given.option);
    if (choices.empty() || std::ranges::find(choices, *given.value) != choices.end()) continue;
    const std::string near = name_near(*given.value, choices);
    return wrong(start + " is not " + joined(choices, "or"),
                 near.empty() ? what_it_takes(*given.option) : "did you mean " + near + "?");
  }
  return std::nullopt;
}

// `--tls-verify false`: the flag would be true, and "false" an image.
Fault find_detached_value(const Walk& walk) {
  if (!walk.detached) return std::nullopt;
  const auto& [flag, value] = *walk.detached;
  return wrong(flag + " takes no value after a space", "write " + flag + "=" + value);
}

bool is_given(const Walk& walk, const CLI::Option* option) {
  if (option->get_positional()) return !walk.arguments.empty();
  return std::ranges::find(walk.options, option, &GivenOption::option) != walk.options.end();
}

Fault find_conflict(const Walk& walk) {
  for (auto given = walk.options.begin(); given != walk.options.end(); ++given) {
    const CLI::Option& option = *given->option;
    const bool is_repeated = std::any_of(walk.options.begin(), given, [&](const GivenOption& before) {
      return before.option == given->option;
    });
    if (is_repeated && option.get_multi_option_policy() == CLI::MultiOptionPolicy::Throw)
      return wrong(given->name + " was given more than once", "it takes one value");
    for (const CLI::Option* other : option.get_excludes()) {
      if (is_given(walk, other))
        return wrong(given->name + " and " + name_of(*other) + " cannot be used together",
                     "leave one of them out");
    }
    for (const CLI::Option* other : option.get_needs()) {
      if (!is_given(walk, other))
        return wrong(given->name + " can only be used with " + name_of(*other), what_it_takes(*other));
    }
  }
  return std::nullopt;
}

std::string named_arguments(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* argument : arguments_of(command)) names.push_back(name_of(*argument));
  return names.empty() ? "no arguments" : joined(names, "and");
}

Fault find_wrong_arguments(const Walk& walk) {
  const auto taken = arguments_of(*walk.command);
  const bool is_endless = !taken.empty() && taken.back()->get_expected_max() > 1;
  if (walk.arguments.size() > taken.size() && !is_endless) {
    const bool has_repeatable = std::ranges::any_of(walk.options, [](const GivenOption& given) {
      return given.option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    });
    return wrong("unexpected argument \"" + walk.arguments[taken.size()] + "\"",
                 path_of(*walk.command) + " takes " + named_arguments(*walk.command) +
                     (has_repeatable ? "; to give an option several values, repeat it" : ""));
  }
  for (std::size_t i = walk.arguments.size(); i < taken.size(); ++i) {
    if (taken[i]->get_required())
      return wrong(path_of(*walk.command) + " needs " + name_of(*taken[i]), what_it_takes(*taken[i]));
  }
  for (const CLI::Option* option : options_of(*walk.command)) {
    if (option->get_required() && !is_given(walk, option))
      return wrong(path_of(*walk.command) + " needs " + name_of(*option), what_it_takes(*option));
  }
  return std::nullopt;
}

}  // namespace

Error unknown_command(const CLI::App& command, const std::string& name) {
  for (const CLI::App* group : commands_of(command)) {
    if (const CLI::App* below = find_command(*group, name))
      return wrong("unknown command \"" + name + "\"", "did you mean " + path_of(*below) + "?");
  }
  return wrong("unknown command \"" + name + "\"", did_you_mean(name, command_names(command), command));
}

void refuse_misread(const CLI::App& root, std::span<const std::string> arguments) {
  const Walk given = walk(root, arguments);
  for (const auto find : {find_empty, find_detached_value}) {
    if (const Fault found = find(given)) throw Error(*found);
  }
}

Error usage_error(const CLI::App& root, std::span<const std::string> arguments, const CLI::ParseError& said) {
  const Walk given = walk(root, arguments);
  if (given.unknown_option) return unknown_option(given, arguments);
  if (given.unknown_command) return unknown_command(*given.command, *given.unknown_command);
  for (const auto find : {find_empty, find_detached_value, find_missing_value, find_wrong_value}) {
    if (const Fault found = find(given)) return *found;
  }
  const auto commands = command_names(*given.command);
  if (!commands.empty()) {
    return wrong(path_of(*given.command) + " needs a command: " + joined(commands, "or"),
                 see_help(*given.command));
  }
  for (const auto find : {find_wrong_arguments, find_conflict}) {
    if (const Fault found = find(given)) return *found;
  }
  return wrong(said.what(), see_help(*given.command));
}

}  // namespace imgcrypt::cli

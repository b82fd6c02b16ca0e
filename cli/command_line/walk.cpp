#include "cli/command_line/walk.hpp"

#include "cli/command_line/command_tree.hpp"

namespace imgcrypt::cli {
namespace {

void note_detached(std::string_view before, const std::string& argument, Walk& walk) {
  const bool is_truth = argument == "true" || argument == "false";
  if (walk.detached || !is_truth || walk.options.empty() || walk.options.back().name != before) return;
  walk.detached = {walk.options.back().name, argument};
}

// --name or --name=value
void take_long(std::string_view argument, Walk& walk) {
  const std::size_t equals = argument.find('=');
  const std::string name(argument.substr(0, equals));
  const CLI::Option* option = find_option(*walk.command, name);
  if (option == nullptr) {
    walk.unknown_option = name;
    return;
  }
  walk.options.push_back({option, name, std::nullopt});
  if (equals != std::string_view::npos) walk.options.back().value = argument.substr(equals + 1);
}

// -a, -abc, -nvalue: flags, of which the last may be an option with its value
void take_short(std::string_view argument, Walk& walk) {
  for (std::size_t i = 1; i < argument.size(); ++i) {
    const std::string name = {'-', argument[i]};
    const CLI::Option* option = find_option(*walk.command, name);
    if (option == nullptr) {
      walk.unknown_option = i == 1 ? std::string(argument.substr(0, argument.find('='))) : name;
      return;
    }
    walk.options.push_back({option, name, std::nullopt});
    if (!takes_value(*option)) continue;
    if (i + 1 < argument.size()) walk.options.back().value = argument.substr(i + 1);
    return;
  }
}

void take_word(const std::string& argument, Walk& walk) {
  if (commands_of(*walk.command).empty()) {
    walk.arguments.push_back(argument);
  } else if (const CLI::App* next = find_command(*walk.command, argument)) {
    walk.command = next;
  } else {
    walk.unknown_command = argument;
  }
}

}  // namespace

Walk walk(const CLI::App& root, std::span<const std::string> arguments) {
  Walk walk;
  walk.command = &root;
  std::string_view before;
  for (const std::string& argument : arguments) {
    if (open_option(walk) != nullptr) {
      walk.options.back().value = argument;
    } else if (!walk.is_after_dashes && argument == "--") {
      walk.is_after_dashes = true;
    } else if (!walk.is_after_dashes && argument.starts_with("--")) {
      take_long(argument, walk);
    } else if (!walk.is_after_dashes && argument.size() > 1 && argument.starts_with('-')) {
      take_short(argument, walk);
    } else {
      note_detached(before, argument, walk);
      take_word(argument, walk);
    }
    before = argument;
    if (walk.unknown_option || walk.unknown_command) break;
  }
  return walk;
}

const CLI::Option* open_option(const Walk& walk) {
  if (walk.options.empty()) return nullptr;
  const GivenOption& last = walk.options.back();
  return takes_value(*last.option) && !last.value ? last.option : nullptr;
}

}  // namespace imgcrypt::cli

#include "cli/command_line/command_tree.hpp"

#include "cli/command_line/usage_error.hpp"

#include <algorithm>
#include <charconv>

namespace imgcrypt::cli {
namespace {

std::vector<const CLI::Option*> options_if(const CLI::App& command, bool are_positional) {
  return command.get_options(
      [=](const CLI::Option* option) { return option->get_positional() == are_positional; });
}

std::vector<std::string> split(std::string_view text, char between) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(between);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string path_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : path_of(*parent) + " " + command.get_name();
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  // All of them: without a filter, only those that were parsed.
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> command_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* one : commands_of(command)) names.push_back(one->get_name());
  return names;
}

const CLI::App* find_command(const CLI::App& command, std::string_view name) {
  const auto commands = commands_of(command);
  const auto found = std::ranges::find(commands, name, &CLI::App::get_name);
  return found == commands.end() ? nullptr : *found;
}

const CLI::App& command_at(const CLI::App& root, const std::vector<std::string>& names) {
  const CLI::App* command = &root;
  for (const std::string& name : names) {
    const CLI::App* next = find_command(*command, name);
    if (next == nullptr) throw unknown_command(*command, name);
    command = next;
  }
  return *command;
}

std::vector<const CLI::Option*> own_options(const CLI::App& command) { return options_if(command, false); }

std::vector<const CLI::Option*> arguments_of(const CLI::App& command) { return options_if(command, true); }

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options = own_options(command);
  for (const CLI::App* above = command.get_parent(); above != nullptr; above = above->get_parent()) {
    for (const CLI::Option* option : own_options(*above)) {
      // --help is each command's own, and --version the program's.
      if (find_option(command, name_of(*option)) == option) options.push_back(option);
    }
  }
  return options;
}

const CLI::Option* find_option(const CLI::App& command, const std::string& name) {
  for (const CLI::App* one = &command; one != nullptr; one = one->get_parent()) {
    const auto options = own_options(*one);
    const auto found =
        std::ranges::find_if(options, [&](const CLI::Option* option) { return option->check_name(name); });
    if (found != options.end()) return *found;
  }
  return nullptr;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  return split(option.get_name(option.get_positional(), true), ',');
}

std::string name_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

std::string type_of(const CLI::Option& option) {
  if (!takes_value(option)) return {};
  std::string type = option.get_type_name();
  // The parser adds to the type what the check of the value says of itself.
  for (const char* check : {":INT in ", ":UINT in ", ":{"})
    type.resize(std::min(type.find(check), type.size()));
  return type == "TEXT" ? std::string() : type;
}

std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = type_of(option);
  if (type.find('|') != std::string::npos && type.find_first_of("[(,") == std::string::npos)
    return split(type, '|');
  const std::string whole = option.get_type_name();
  const std::size_t start = whole.find(":{");
  if (!takes_value(option) || start == std::string::npos) return {};
  return split(std::string_view(whole).substr(start + 2, whole.find('}', start) - start - 2), ',');
}

// From what the parser's check says of itself: "UINT in [1 - 1024]".
std::optional<NumberRange> range_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t start = type.find(" in [");
  if (start == std::string::npos) return std::nullopt;
  NumberRange range;
  const char* end = type.data() + type.size();
  const auto [stop, error] = std::from_chars(type.data() + start + 5, end, range.least);
  if (error != std::errc() || end - stop < 3) return std::nullopt;
  if (std::from_chars(stop + 3, end, range.most).ec != std::errc()) return std::nullopt;
  return range;
}

bool NumberRange::contains(const std::string& text) const {
  long long number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size() && number >= least && number <= most;
}

}  // namespace imgcrypt::cli

#include "cli/guide/man_page.hpp"

#include "cli/command_line/command_tree.hpp"
#include "cli/guide/facts.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

// Text that troff shows as it is: a backslash begins an escape, a plain dash may become a hyphen, and a dot
// or an apostrophe at the start of a line begins a request.
std::string roff(std::string_view text) {
  std::string result;
  bool is_start = true;
  for (const char c : text) {
    if (is_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '~') {
      result += "\\(ti";
    } else {
      result += c;
    }
    is_start = c == '\n';
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }

std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string section(const std::string& title) { return ".SH " + title + "\n"; }

std::string item(const std::string& name, std::string_view about) {
  return ".TP\n" + name + "\n" + roff(about) + "\n";
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  return text;
}

std::string item_of(const CLI::Option& option) {
  std::string names;
  if (option.get_positional()) {
    names = italic(name_of(option));
  } else {
    for (const std::string& name : names_of(option)) names += (names.empty() ? "" : ", ") + bold(name);
    const std::string type = type_of(option);
    if (!type.empty()) names += " " + italic(type);
  }
  return item(names + (option.get_required() ? " (required)" : ""), option.get_description());
}

// A section for each group of options.
std::string options_sections(const CLI::App& command) {
  std::vector<std::pair<std::string, std::string>> groups;
  for (const CLI::Option* option : own_options(command)) {
    const std::string& name = option->get_group();
    auto group = std::ranges::find(groups, name, &std::pair<std::string, std::string>::first);
    if (group == groups.end()) group = groups.insert(groups.end(), {name, {}});
    group->second += item_of(*option);
  }
  std::string text;
  for (const auto& [name, items] : groups) text += section("\"" + in_capitals(name) + "\"") + items;
  return text;
}

std::string synopsis(const CLI::App& command) {
  std::string text = bold(path_of(command)) + " [" + italic("OPTIONS") + "]";
  for (const CLI::Option* argument : arguments_of(command)) {
    const std::string name = italic(name_of(*argument)) + (argument->get_expected_max() > 1 ? "..." : "");
    text += argument->get_required() ? " " + name : " [" + name + "]";
  }
  if (!commands_of(command).empty()) text += " " + italic("COMMAND");
  return section("SYNOPSIS") + text + "\n";
}

std::string commands_section(const CLI::App& command) {
  std::string text;
  for (const CLI::App* one : commands_of(command))
    text += item(bold(man_page_name(*one)) + "(1)", one->get_description());
  return text.empty() ? text : section("COMMANDS") + text;
}

std::string arguments_section(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* argument : arguments_of(command)) text += item_of(*argument);
  return text.empty() ? text : section("ARGUMENTS") + text;
}

std::string examples_section(const CLI::App& command) {
  const std::string_view examples = examples_of(path_of(command));
  return examples.empty() ? std::string() : section("EXAMPLES") + ".nf\n" + roff(examples) + ".fi\n";
}

std::string facts_section(const std::string& title, std::span<const Fact> facts) {
  std::string text = section(title);
  for (const Fact& fact : facts) text += item(bold(fact.name), fact.about);
  return text;
}

}  // namespace

std::string man_page_name(const CLI::App& command) {
  std::string name = path_of(command);
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string man_page(const CLI::App& command) {
  const bool is_main = command.get_parent() == nullptr;
  const std::string name = man_page_name(command);
  std::string text = ".TH " + roff(in_capitals(name)) +
                     " 1 \"\" \"imgcrypt " IMGCRYPT_VERSION "\" \"User Commands\"\n" + section("NAME") +
                     roff(name) + " \\- " + roff(command.get_description()) + "\n" + synopsis(command) +
                     arguments_section(command) + commands_section(command) + options_sections(command);
  if (!is_main) text += ".PP\nThe options for all commands are in " + bold("imgcrypt") + "(1).\n";
  text += examples_section(command);
  if (is_main)
    text += facts_section("\"EXIT STATUS\"", exit_statuses()) +
            facts_section("ENVIRONMENT", environment_variables());
  return text + section("\"SEE ALSO\"") +
         (is_main ? bold("ctd-decoder") : bold(man_page_name(*command.get_parent()))) + "(1)\n";
}

}  // namespace imgcrypt::cli

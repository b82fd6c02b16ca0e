#include "cli/guide/help_text.hpp"

#include "cli/command_line/command_tree.hpp"
#include "cli/guide/facts.hpp"
#include "cli/terminal/style.hpp"
#include "cli/terminal/text_layout.hpp"

#include <unistd.h>

#include <algorithm>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kDescriptions = 26;  // column where they begin
constexpr std::size_t kWidest = 100;       // columns; longer lines are hard to read
constexpr std::size_t kElsewhere = 80;     // columns, if there is no terminal to ask

std::size_t columns() {
  const std::size_t terminal = terminal_size(STDOUT_FILENO).columns;
  return terminal == 0 ? kElsewhere : std::min(terminal, kWidest);
}

std::string entry(const std::string& name, const std::string& description) {
  std::string text = "  " + name;
  if (description.empty()) return text + "\n";
  // A name that reaches into the descriptions has a line of its own.
  if (text.size() + 2 > kDescriptions) text += "\n";
  const std::size_t start = text.ends_with('\n') ? 0 : text.size();
  text += std::string(kDescriptions - start, ' ');
  return text + break_lines(description, columns(), kDescriptions, kDescriptions) + "\n";
}

std::string spaced(const std::string& names) {
  std::string text;
  for (const char c : names) text += c == ',' ? ", " : std::string(1, c);
  return text;
}

std::string list_of(const std::string& title, std::span<const Fact> facts) {
  std::string text = "\n" + title + ":\n";
  for (const Fact& fact : facts) text += entry(std::string(fact.name), std::string(fact.about));
  return text;
}

// Not broken into lines: they are copied into a shell.
std::string examples_text(std::string_view examples) {
  std::string text = "Examples:\n";
  bool is_start = true;
  for (const char c : examples) {
    if (is_start && c != '\n') text += "  ";
    text += c;
    is_start = c == '\n';
  }
  return text;
}

}  // namespace

HelpText::HelpText() {
  label("SUBCOMMAND", "COMMAND");
  label("Positionals", "Arguments");
}

std::string HelpText::make_description(const CLI::App* command) const {
  return break_lines(command->get_description(), columns(), 0, 0) + "\n\n";
}

std::string HelpText::make_group(std::string group, bool is_positional,
                                 std::vector<const CLI::Option*> options) const {
  const bool is_first = is_positional || group == "Options";
  const std::string text = Formatter::make_group(group, is_positional, options);
  return is_first ? text : text.substr(1);  // the parser has ended the group before with a blank line
}

std::string HelpText::make_option(const CLI::Option* option, bool is_positional) const {
  return entry(spaced(make_option_name(option, is_positional)) + make_option_opts(option),
               make_option_desc(option));
}

std::string HelpText::make_subcommands(const CLI::App* command, CLI::AppFormatMode) const {
  std::string text;
  for (const CLI::App* one : commands_of(*command)) text += entry(one->get_name(), one->get_description());
  return text.empty() ? text : "\nCommands:\n" + text;
}

std::string HelpText::make_option_opts(const CLI::Option* option) const {
  const std::string type = type_of(*option);
  return (type.empty() ? "" : " " + type) + (option->get_required() ? " (required)" : "");
}

std::string HelpText::make_footer(const CLI::App* command) const {
  const std::string_view examples = examples_of(path_of(*command));
  std::string text = examples.empty() ? std::string() : examples_text(examples);
  if (command->get_parent() == nullptr) {
    return text + list_of("Exit status", exit_statuses()) +
           list_of("Environment variables", environment_variables());
  }
  return text + (text.empty() ? "" : "\n") +
         "See imgcrypt --help for the options that all commands take: -o, -q, -v and more.\n";
}

std::string help_of(const CLI::App& command) {
  return command.get_formatter()->make_help(&command, path_of(command), CLI::AppFormatMode::Normal);
}

}  // namespace imgcrypt::cli

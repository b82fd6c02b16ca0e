// What --help prints: descriptions broken to the width of the terminal, without the parser's own remarks on
// types, ranges and options that exclude each other, and with examples; for the program as a whole also exit
// statuses and environment variables.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

// The parser calls each of these for its part of the text, and owns the object. Each asks for the width anew;
// without a terminal it is 80 columns.
class HelpText final : public CLI::Formatter {
 public:
  HelpText();

  std::string make_description(const CLI::App* command) const override;
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommands(const CLI::App* command, CLI::AppFormatMode mode) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_footer(const CLI::App* command) const override;
};

// The help of a command, whichever one was parsed.
[[nodiscard]] std::string help_of(const CLI::App& command);

}  // namespace imgcrypt::cli

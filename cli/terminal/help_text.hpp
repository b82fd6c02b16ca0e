// What --help prints: descriptions filled into lines of the terminal's width, and no notes of the parser's.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

class HelpText final : public CLI::Formatter {
 public:
  HelpText();

  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommands(const CLI::App* command, CLI::AppFormatMode mode) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
};

}  // namespace imgcrypt::cli

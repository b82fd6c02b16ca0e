// An option that takes a list: one value at a time, or several with commas between them. Like every option
// struct, it must outlive the parsing, so commands keep it with their arguments.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct ListOption {
  std::vector<std::string> lists;  // as given, commas included
  CLI::Option* option = nullptr;   // the parser's, for its name; set by add_to()

  // `names` as CLI11 takes them: "-l,--layer".
  CLI::Option* add_to(CLI::App& command, const std::string& names, const std::string& description,
                      const std::string& type);
  [[nodiscard]] bool is_given() const noexcept { return !lists.empty(); }
  // Throws kUsage for an empty value, which the parser would pass over: "1,,2".
  // The values in the order in which they were given; empty without the option. Whether they make sense is
  // left to the command.
  [[nodiscard]] std::vector<std::string> values() const;
};

}  // namespace imgcrypt::cli

// What the user may have meant by a word that is none of ours: the hints of usage errors.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

// "see imgcrypt encrypt --help"
[[nodiscard]] std::string see_help(const CLI::App& command);

// The one of `names` that `text` is most like; empty if it is like none.
[[nodiscard]] std::string name_near(const std::string& text, const std::vector<std::string>& names);

// The hint for `text`, where one of `names` is wanted: what it resembles, what of ours other programs call
// so, or just the help of `command`.
[[nodiscard]] std::string did_you_mean(const std::string& text, const std::vector<std::string>& names,
                                       const CLI::App& command);

}  // namespace imgcrypt::cli

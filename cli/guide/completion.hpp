// What may follow on a command line that is being typed. The scripts of the shells ask for it with
// `imgcrypt __complete WORD...`, so that all of it is known in one place, whatever the shell.
#pragma once

#include <CLI/CLI.hpp>

#include <span>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

// The first argument of such a question. It is not a command: the words after it are incomplete, and no
// parser would take them.
inline constexpr std::string_view kCompleteWord = "__complete";

// The answer, for words of which the last is being typed and may be empty. Lines of "word<TAB>what it is" for
// each word that begins like the last, or one line ":files PREFIX" or ":directories PREFIX": what stands
// after PREFIX in the last word is a path, which shells know how to complete. Each line ends with a newline.
[[nodiscard]] std::string completions(const CLI::App& root, std::span<const std::string> words);

// The script that makes the shell ask. REQUIRES: `shell` is "bash", "zsh" or "fish".
[[nodiscard]] std::string_view completion_script(std::string_view shell);

}  // namespace imgcrypt::cli

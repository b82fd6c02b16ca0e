// What --help and the man page tell besides the commands and their options. README.md has the same facts.
#pragma once

#include <span>
#include <string_view>

namespace imgcrypt::cli {

struct Fact {
  std::string_view name;
  std::string_view about;
};

// By number: "6", "no key opens a layer that is needed".
[[nodiscard]] std::span<const Fact> exit_statuses();
// The environment variables that imgcrypt reads.
[[nodiscard]] std::span<const Fact> environment_variables();
// Lines for a shell, in which "#" begins a comment, for the command of this path ("imgcrypt key show"). They
// can be typed one after the other in the order of --help, given the images and files that they name. Empty
// for commands that only have other commands below them.
[[nodiscard]] std::string_view examples_of(std::string_view path);

}  // namespace imgcrypt::cli

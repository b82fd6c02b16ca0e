// The programs of key providers that come with imgcrypt, and which of them this build has. Used by messages
// about a program that is missing, and by `imgcrypt version`. Constants.
#pragma once

#include <span>
#include <string_view>

namespace imgcrypt {

struct OwnProgram {
  std::string_view kind;    // "pgp"; the program is keyprovider-pgp
  bool is_built;            // it may not be installed all the same
  std::string_view option;  // of CMake, which leaves it out; empty: every build has it
};

// In alphabetical order.
[[nodiscard]] std::span<const OwnProgram> own_programs();
// Whether this build left out the program, e.g. "keyprovider-pgp": its row. Null: it has it.
[[nodiscard]] const OwnProgram* find_left_out(std::string_view program);

}  // namespace imgcrypt

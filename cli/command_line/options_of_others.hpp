// Options of skopeo that we do not have: existing scripts use them, and the usage error says what does the
// same here, or why nothing does. docs/commands-of-others.md has the table for people.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt::cli {

// The hint for an option, which is written with its dashes; empty for one that is not skopeo's.
[[nodiscard]] std::string cure_for_foreign(std::string_view option);

}  // namespace imgcrypt::cli

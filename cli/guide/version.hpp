// What this program is and what it was made with, for bug reports and for scripts.
#pragma once

#include "cli/json/json_object.hpp"

#include <string>

namespace imgcrypt::cli {

// "imgcrypt 0.1.0" and, on further lines, commit, compiler and libraries. The last has no newline.
[[nodiscard]] std::string version_text();
// The same as the members version, commit, compiler and libraries (docs/output.schema.json).
[[nodiscard]] JsonObject version_json();

}  // namespace imgcrypt::cli

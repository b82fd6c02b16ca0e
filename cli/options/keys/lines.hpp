// Lists with one item a line: what -R FILE, IMGCRYPT_RECIPIENTS and IMGCRYPT_KEY hold. Blank lines and those
// that begin with # are left out, and spaces around an item.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct Line {
  std::string text;
  std::string place;  // "FILE: line 3", "IMGCRYPT_KEY: line 1"
};

// Throws kUsage, naming the file, if it cannot be read or has no item.
[[nodiscard]] std::vector<Line> read_lines(const std::string& file);
// Of an environment variable; empty if it is not set. REQUIRES: no other thread uses the environment
// meanwhile.
[[nodiscard]] std::vector<Line> lines_of_variable(const char* name);
// Of what such a variable held.
[[nodiscard]] std::vector<Line> lines_of_value(const std::string& value, const char* name);

}  // namespace imgcrypt::cli

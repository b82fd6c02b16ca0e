#include "cli/options/images/tmpdir_option.hpp"

#include <cstdlib>

namespace imgcrypt::cli {

std::filesystem::path TmpdirOption::value() const {
  if (!directory.empty()) return directory;
  const char* const named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/var/tmp";
}

}  // namespace imgcrypt::cli

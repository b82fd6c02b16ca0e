#include "cli/inspect/look.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace imgcrypt::cli {
namespace {

// As setlocale() decides it (POSIX.1-2017, section 8.2).
bool is_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

}  // namespace

Look look_of_stdout(Digests digests) {
  Look look{.style = Style::of(STDOUT_FILENO)};
  look.columns = terminal_size(STDOUT_FILENO).columns;
  look.has_whole_digests = digests == Digests::kWhole || look.columns == 0;
  // A file or pipe may be read where the locale is another.
  look.has_boxes = ::isatty(STDOUT_FILENO) == 1 && is_utf8_locale();
  return look;
}

}  // namespace imgcrypt::cli

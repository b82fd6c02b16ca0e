#include "cli/inspect/look.hpp"

#include <unistd.h>

namespace imgcrypt::cli {
Look look_of_stdout(Digests digests) {
  Look look{.style = Style::of(STDOUT_FILENO)};
  look.columns = terminal_size(STDOUT_FILENO).columns;
  look.has_whole_digests = digests == Digests::kWhole || look.columns == 0;
  // A file or pipe may be read where the locale is another.
  look.has_boxes = ::isatty(STDOUT_FILENO) == 1 && is_utf8_locale();
  return look;
}

}  // namespace imgcrypt::cli

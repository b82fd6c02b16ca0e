// An image's report in a few sentences for people.
#pragma once

#include "cli/inspect/look.hpp"
#include "image/inspect.hpp"

namespace imgcrypt::cli {

// What goes below the tree: the recipients, what is encrypted, and what everyone can read. The last line has
// no newline.
[[nodiscard]] Text summary_text(const ImageReport& report, const Look& look);

}  // namespace imgcrypt::cli

// An image's layers as a table.
#pragma once

#include "cli/terminal/text.hpp"
#include "image/inspect.hpp"

namespace imgcrypt::cli {

// The table that ctr-enc's `images layerinfo` prints, for people and scripts that know it. The last line has
// no newline.
[[nodiscard]] Text layer_table(const ImageReport& report);

}  // namespace imgcrypt::cli

// An image's layers as a table.
#pragma once

#include "image/inspect.hpp"

#include <string>

namespace imgcrypt::cli {

// The table that ctr-enc's `images layerinfo` prints, for people and scripts that know it. The last line has
// no newline.
[[nodiscard]] std::string layer_table(const ImageReport& report);

}  // namespace imgcrypt::cli

// How a report looks on the terminal, or in the file or pipe, that it goes to.
#pragma once

#include "cli/terminal/style.hpp"

#include <cstddef>

namespace imgcrypt::cli {

struct Look {
  Style style;
  unsigned columns = 0;           // 0: no limit
  bool has_whole_digests = true;  // else they are shortened if the tree is too wide with whole ones
  bool has_boxes = false;         // lines drawn with Unicode's box characters, else with ASCII
};

// kWhole is --no-trunc. kFit shortens them only where a terminal is too narrow: what is piped stays whole.
enum class Digests { kFit, kWhole };

// The look that suits stdout as it is now: without a terminal no colours, no limit and ASCII.
[[nodiscard]] Look look_of_stdout(Digests digests);

// Characters of one text from an image; the rest is cut. An image may hold texts of megabytes.
inline constexpr std::size_t kLongestText = 200;

}  // namespace imgcrypt::cli

// An image's report as a tree for people. Pure text.
#pragma once

#include "cli/inspect/look.hpp"
#include "image/inspect.hpp"

namespace imgcrypt::cli {

// The tree of an image: its index, manifests, configs, layers and attestations. A newline ends each line.
[[nodiscard]] Text tree_text(const ImageReport& report, const Look& look);

}  // namespace imgcrypt::cli

// Which platforms and layers of an image a command is about.
#pragma once

#include "image/tree/configs.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Positions from the bottom, the first layer being 0; negative ones count from the top, which is -1.
struct LayerRange {
  int first = 0;
  int last = 0;
};

struct Selection {
  std::vector<Platform> platforms;  // whose empty parts fit everything; none: all
  std::vector<LayerRange> layers;   // none: all
};

// "linux/arm64/v8", "linux/arm64", "arm64", or "linux" for all of its architectures. Throws kUsage.
[[nodiscard]] Platform parse_platform(std::string_view text);
// "N" or "A..B". Throws kUsage.
[[nodiscard]] LayerRange parse_layer_range(std::string_view text);

// The tree without the manifests of other platforms; their attestations go with them. `left_out` names what
// went. Throws kNotFound when a platform is not there, and then names those that are.
struct PlatformChoice {
  ImageNode tree;
  std::vector<std::string> left_out;
};
[[nodiscard]] PlatformChoice choose_platforms(Configs& configs, const ImageNode& tree,
                                              const std::vector<Platform>& platforms);

// The layers that are chosen, by their position in each manifest that has image layers. Throws
// kUsage when one of them has no layer there.
[[nodiscard]] std::set<LayerId> choose_layers(const ImageNode& tree, const std::vector<LayerRange>& ranges);

}  // namespace imgcrypt

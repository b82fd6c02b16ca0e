// Which platforms and layers of an image a command is about: --platform and --layer.
#pragma once

#include "image/tree/configs.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Positions in a manifest, both included: 0 is the bottom layer; negative ones count from the top, which is
// -1.
struct LayerRange {
  int first = 0;
  int last = 0;
};

// What --platform and --layer say together. A default one chooses everything.
struct Selection {
  std::vector<Platform> platforms;  // whose empty parts match everything; none: all
  std::vector<LayerRange> layers;   // none: all
};

// Whether the selection chooses a platform: for stores that list one image for each. Empty when it chooses
// everything.
[[nodiscard]] std::function<bool(const Platform&)> wanted_by(const Selection& selection);

// "linux/arm64/v8", "linux/arm64", "arm64", "arm/v7", or "linux" for all of its architectures;
// "windows(10.0.17763)/amd64" for images whose `os.version` is this one or begins with it and a dot. Other
// names of architectures (x86_64, aarch64, armhf) become the usual ones. Throws kUsage.
[[nodiscard]] Platform parse_platform(std::string_view text);
// "N" or "A..B". Throws kUsage for what is not numbers; whether the image has such layers is
// choose_layers()'s question.
[[nodiscard]] LayerRange parse_layer_range(std::string_view text);

// The tree with the manifests of the chosen platforms and their attestations only, and indexes edited to
// match; and the places of what was left out.
struct PlatformChoice {
  ImageNode tree;
  std::vector<std::string> left_out;
};
// Takes an image without a variant for containerd's default (arm64: v8, arm: v7). Where an index names no
// platform, the config is read. No `platforms`: the tree as it is. Throws kNotFound when the image lacks one
// of them, naming those that it has, or lists it but lacks its manifest; and as Configs::of.
[[nodiscard]] PlatformChoice choose_platforms(Configs& configs, const ImageNode& tree,
                                              const std::vector<Platform>& platforms);

// The layers at these positions of each manifest that has image layers; no `ranges`: all layers of all
// manifests. A layer that is chosen in one manifest is chosen wherever it occurs. Throws kUsage when a
// manifest has no layer at a position, or a range is empty in it.
[[nodiscard]] std::set<LayerId> choose_layers(const ImageNode& tree, const std::vector<LayerRange>& ranges);

}  // namespace imgcrypt

// What stands behind provider:attestation-agent: NAME=VALUE pairs, joined by "::".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::coco {

struct Parameters {
  std::optional<std::string> key_path = std::nullopt;
  std::optional<std::string> key_id = std::nullopt;
  std::optional<std::string> resources = std::nullopt;  // a pair of our own: where keyid is looked up
  bool is_sample = false;
};

// Throws kUsage for anything that coco_keyprovider would pass over or take for something else.
[[nodiscard]] Parameters parse_parameters(std::string_view text);

}  // namespace imgcrypt::keyprovider::coco

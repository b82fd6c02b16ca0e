// What a user writes after provider:attestation-agent: NAME=VALUE pairs, joined by "::". README.md, section
// "coco", lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::coco {

// Of one parameter. A pair that was not written is nullopt; a value is never empty. The algorithm is not
// kept, as there is one only.
struct Parameters {
  // A file, not looked at yet. With a key_id it opens only packets of that name, else any.
  std::optional<std::string> key_path = std::nullopt;
  // As KeyId::parse accepts it.
  std::optional<std::string> key_id = std::nullopt;
  std::optional<std::string> resources = std::nullopt;  // our own addition: where keyid is looked up
  bool is_sample = false;                               // excludes all the others
};

// Checks spelling and combination, and opens no file. Throws kUsage, also for what coco_keyprovider would
// ignore or understand as something else: unknown, repeated, empty and contradictory pairs.
[[nodiscard]] Parameters parse_parameters(std::string_view text);

}  // namespace imgcrypt::keyprovider::coco

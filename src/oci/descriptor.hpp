// What a manifest or index says of a blob (OCI image specification, "Content Descriptors"). A value.
#pragma once

#include "base/text/json.hpp"
#include "oci/digest.hpp"

#include <map>
#include <optional>
#include <string>

namespace imgcrypt {

using Annotations = std::map<std::string, std::string>;

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;  // may be empty

  [[nodiscard]] std::string string() const;  // "linux/arm64/v8"
};

struct Descriptor {
  std::string media_type;  // may be empty: some builders leave it out
  Digest digest;
  std::uint64_t size = 0;  // bytes
  Annotations annotations;
  std::optional<Platform> platform;
  bool has_urls = false;
  bool has_data = false;  // an embedded copy of its content
};

inline constexpr std::uint64_t kMostLayerBytes = 1ULL << 40U;

// Throws kIntegrity for what is no descriptor, kRefused for a blob above kMostLayerBytes.
[[nodiscard]] Descriptor parse_descriptor(const JsonView& object);
// The string members of an object; empty for nullopt.
[[nodiscard]] Annotations parse_annotations(const std::optional<JsonView>& object);

}  // namespace imgcrypt

// The key by which decisions about layers are kept: the blob, its type and how its key is wrapped. Never the
// digest alone, since two tiny layers may have the same ciphertext, and one blob may be listed as plain here
// and as encrypted there. Layers that agree in all of it share one decision, wherever in the image they
// occur. A value.
#pragma once

#include "oci/descriptor.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace imgcrypt {

struct LayerId {
  Digest digest;
  std::uint64_t size;  // bytes
  std::string media_type;
  // Of all annotations named org.opencontainers.image.enc.*, which may be long, and an image may have tens of
  // thousands of layers. nullopt where there are none.
  std::optional<Digest> encryption;

  auto operator<=>(const LayerId&) const = default;
};

// The id of a layer; annotations that are not about encryption do not matter. Hashes those that are: keep it
// where it is used more than once. Never throws Error.
[[nodiscard]] LayerId layer_id(const Descriptor& layer);

// What results keep of a layer: the annotations of hundreds of thousands would fill the memory.
[[nodiscard]] Descriptor without_annotations(const Descriptor& layer);

}  // namespace imgcrypt

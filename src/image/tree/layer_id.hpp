// The key by which decisions about layers are kept: the blob, its type and how its key is wrapped. Never the
// digest alone, since two tiny layers may have the same ciphertext, and one blob may be listed as plain here
// and as encrypted there. Layers that agree in all of it share one decision, wherever in the image they
// occur. A value.
#pragma once

#include "oci/descriptor.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace imgcrypt {

struct LayerId {
  Digest digest;
  std::uint64_t size;  // bytes
  std::string media_type;
  Annotations encryption;  // only those named org.opencontainers.image.enc.*

  auto operator<=>(const LayerId&) const = default;
};

// The id of a layer; annotations that are not about encryption do not matter. Copies those that are: keep it
// where it is used more than once. Never throws Error.
[[nodiscard]] LayerId layer_id(const Descriptor& layer);

}  // namespace imgcrypt

// What a layer is to whoever decides about it: the blob, its type and how its key is wrapped. Never the
// digest alone, since two tiny layers may have one ciphertext, and one blob may be described twice. Layers
// that agree in all of it share one decision, wherever in the image they occur.
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
  Annotations encryption;  // those of its encryption alone

  auto operator<=>(const LayerId&) const = default;
};

[[nodiscard]] LayerId layer_id(const Descriptor& layer);

}  // namespace imgcrypt

// Layers that an index lists itself, without a manifest between them, as caches of BuildKit do.
#pragma once

#include "oci/descriptor.hpp"

namespace imgcrypt {

// Whether a blob that an index lists itself is a layer, encrypted or not. No config counts it, so its type
// must tell: it is one of an image's, or has the word "layer" in it, as those of erofs and nydus.
[[nodiscard]] bool is_layer_in_index(const Descriptor& blob);

}  // namespace imgcrypt

// Docker's schema 2 images in OCI's words, as which encrypted images are written.
#pragma once

#include "image/tree/tree.hpp"

namespace imgcrypt {

// The tree with the media types of Docker's documents, configs and layers in the clear replaced, and every
// document that had one named by its own `mediaType`; nothing else changes. What holds none is the same.
[[nodiscard]] ImageNode convert_to_oci(const ImageNode& tree);

}  // namespace imgcrypt

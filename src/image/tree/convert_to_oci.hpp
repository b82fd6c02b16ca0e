// Docker's schema 2 under OCI's names. Encrypted images are always OCI images: Docker has no types for
// encrypted layers.
#pragma once

#include "image/tree/tree.hpp"

namespace imgcrypt {

// The tree with Docker's media types of documents, configs and layers replaced; every document that had one
// gets a `mediaType` of its own. Nothing else changes except digests and sizes above, and a tree without
// Docker's types is the same, byte for byte. Nothing is read or written: configs and layers keep their bytes.
// Throws as Manifest::edited.
[[nodiscard]] ImageNode convert_to_oci(const ImageNode& tree);

}  // namespace imgcrypt

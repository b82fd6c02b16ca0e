// What a destination can hold of an image.
#pragma once

#include "image/tree/selection.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// The tree as it is, or, where a destination has no place for documents and the tree holds a single image,
// that image's manifest alone. Then the places of what else the indexes list, such as attestations, are left
// out: their blobs would lie in the store and belong to nothing. Several images stay as they are, for the
// destination to refuse.
[[nodiscard]] PlatformChoice fitting_tree(const ImageNode& tree, const ImageDestination& destination);

}  // namespace imgcrypt

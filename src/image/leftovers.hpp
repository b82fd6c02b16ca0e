// Plain layers of an image that was encrypted, which a layout still holds for everyone to read.
#pragma once

#include "image/encrypt.hpp"
#include "oci/reference.hpp"

#include <set>

namespace imgcrypt {

// Of the layers that were encrypted, those whose plain blobs the layout holds.
[[nodiscard]] std::set<Digest> find_leftovers(const Reference& layout, const EncryptResult& result);

// Removes those that no image of the layout names any more, under the layout's lock; returns them. Throws
// kRefused when it cannot tell, because a document of another image is damaged.
[[nodiscard]] std::set<Digest> prune_leftovers(const Reference& layout, const std::set<Digest>& leftovers);

}  // namespace imgcrypt

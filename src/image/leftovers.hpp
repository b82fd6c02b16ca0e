// Plain layers of an image that was encrypted, which a shared store still holds for everyone to read.
#pragma once

#include "image/encrypt.hpp"
#include "transport/image_store.hpp"

#include <set>

namespace imgcrypt {

// Of the layers that are encrypted now, or would be, and of those of platforms that were left out, the ones
// whose plain blobs the layout holds.
[[nodiscard]] std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result);

// Throws kRefused when it cannot be told which blobs the images of the layout need, because a document is
// damaged or of an unknown kind. A layout that does not exist yet needs none.
void require_prunable(SharedStore& store);

// Those that no image of the store would name any more once another has the name that its reference has.
// Throws as require_prunable.
[[nodiscard]] std::set<Digest> prunable_leftovers(SharedStore& store, const std::set<Digest>& leftovers);

// Removes those that no image of the layout names any more, under the layout's lock; returns them. Throws as
// require_prunable.
[[nodiscard]] std::set<Digest> prune_leftovers(SharedStore& store, const std::set<Digest>& leftovers);

}  // namespace imgcrypt

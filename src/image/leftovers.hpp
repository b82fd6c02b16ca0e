// Plain layers of an image that was encrypted, which a shared store still holds where everyone can read them:
// a layout shares blobs between images, so encrypting within it, or overwriting the plain image's tag,
// removes none. `encrypt` warns about them; --prune removes those that no other image needs.
#pragma once

#include "image/encrypt.hpp"
#include "transport/image_store.hpp"

#include <set>

namespace imgcrypt {

// The plain blobs in the store of layers that `result` encrypts, and of platforms that it leaves out. Empty
// blobs do not count. Throws what the store throws.
[[nodiscard]] std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result);

// Throws kRefused when it is unknown which blobs the store's images need, because a document is damaged or of
// an unknown type: then nothing may be removed. To be called before the work, which may take long. A store
// that does not exist yet needs none.
void require_prunable(SharedStore& store);

// For a dry run: those of `leftovers` that no image would name any more once another image had the tag of the
// store's reference. Throws as require_prunable.
[[nodiscard]] std::set<Digest> prunable_leftovers(SharedStore& store, const std::set<Digest>& leftovers);

// Removes those of `leftovers` that no image of the store names any more, under the store's lock; returns
// them. Throws as require_prunable, and then removes nothing.
[[nodiscard]] std::set<Digest> prune_leftovers(SharedStore& store, const std::set<Digest>& leftovers);

}  // namespace imgcrypt

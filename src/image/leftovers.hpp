// Plain layers of an image that was encrypted, which a shared store still holds where everyone can read them:
// a layout shares blobs between images, so encrypting within it, or overwriting the plain image's tag,
// removes none. `encrypt` warns about them; what removes them is in image/prune.hpp.
#pragma once

#include "image/encrypt.hpp"
#include "transport/image_store.hpp"

#include <set>

namespace imgcrypt {

// The plain blobs in the store of layers that `result` encrypts, and of platforms that it leaves out. Empty
// blobs do not count. Throws what the store throws.
[[nodiscard]] std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result);
// The same of a destination that is no such store: an archive whose other images need them, or a registry.
// Throws what it throws.
[[nodiscard]] std::set<Digest> find_leftovers(ImageDestination& destination, const EncryptResult& result);

}  // namespace imgcrypt

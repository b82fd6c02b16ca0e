// Removing from a shared store what no image of it needs: after a command that replaced an image, what only
// that one listed (--prune); and on demand everything (imgcrypt gc). Only what the replaced image's own
// documents list may go, never a digest that the writer of a packet or annotation named.
#pragma once

#include "transport/image_store.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace imgcrypt {

// An image that lost its name, and whose documents the store still holds: whoever could open it still can, by
// its digest.
struct FormerImage {
  Digest root;
  std::set<Digest> blobs;            // that its documents list, and they themselves
  std::size_t encrypted_layers = 0;  // each once
};

// nullopt when the root is gone, or another image has replaced nothing (`replaced` is nullopt). Throws as
// load_documents.
[[nodiscard]] std::optional<FormerImage> find_former(SharedStore& store,
                                                     const std::optional<Digest>& replaced);

// Throws kRefused when it is unknown which blobs the store's images need: then nothing may be removed. To be
// called before the work, which may take long. A store that does not exist yet needs none.
void require_prunable(SharedStore& store);

// Removes the blobs of `former` that no image of the store needs any more, under the store's lock; returns
// them. Throws as require_prunable, and then removes nothing.
[[nodiscard]] std::set<Digest> prune_former(SharedStore& store, const FormerImage& former);

// For a dry run: what prune_former() would remove once a new image had taken the reference's name. `kept` are
// those of the store's blobs that the new image would name, its root included. Throws as require_prunable.
[[nodiscard]] std::set<Digest> prunable_blobs(SharedStore& store, const std::set<Digest>& kept);

// The blobs that no image of the store needs, nor a referrer of one. With kOnlyFind they are only found,
// without the lock. Throws as require_prunable, and then removes nothing; kNotFound when there is no store.
enum class Removal { kOnlyFind, kRemove };
[[nodiscard]] std::vector<StoredBlob> collect_garbage(SharedStore& store, Removal removal);

}  // namespace imgcrypt

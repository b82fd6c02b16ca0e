#include "image/prune.hpp"

#include "image/needed_blobs.hpp"
#include "image/tree/layer_id.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// Those that are not needed, nor listed by a referrer of what is.
std::set<Digest> unneeded(SharedStore& store, std::set<Digest> candidates, std::set<Digest> needed) {
  std::vector<StoredBlob> blobs = store.blobs();
  std::erase_if(blobs, [&](const StoredBlob& blob) { return !candidates.contains(blob.digest); });
  add_referrers(store, blobs, needed);
  std::erase_if(candidates, [&](const Digest& blob) { return needed.contains(blob); });
  return candidates;
}

std::vector<StoredBlob> garbage_of(SharedStore& store, const StoreContents& contents) {
  std::set<Digest> needed = needed_blobs(store, contents);
  std::vector<StoredBlob> blobs = store.blobs();
  add_referrers(store, blobs, needed);
  std::erase_if(blobs, [&](const StoredBlob& blob) { return needed.contains(blob.digest); });
  return blobs;
}

}  // namespace

std::optional<FormerImage> find_former(SharedStore& store, const std::optional<Digest>& replaced) {
  const auto source = replaced ? store.open_former(*replaced) : nullptr;
  if (!source) return std::nullopt;
  const ImageNode tree = load_documents(*source);
  std::set<LayerId> encrypted;
  for_each_layer(tree, [&](const std::string&, const Descriptor& layer) {
    if (is_encrypted(layer.media_type)) encrypted.insert(layer_id(layer));
  });
  return FormerImage{*replaced, listed_blobs(tree), encrypted.size()};
}

void require_prunable(SharedStore& store) { (void)needed_blobs(store, store.contents()); }

std::set<Digest> prune_former(SharedStore& store, const FormerImage& former) {
  return store.remove_blobs([&](const StoreContents& contents) {
    return unneeded(store, former.blobs, needed_blobs(store, contents));
  });
}

std::set<Digest> prunable_blobs(SharedStore& store, const std::set<Digest>& kept) {
  const StoreContents left = store.contents_without_replaced();
  std::set<Digest> of_replaced;
  for (const RootDescriptor& root : store.contents().images) {
    const auto is_left = [&](const RootDescriptor& other) { return other.raw == root.raw; };
    if (std::ranges::any_of(left.images, is_left) || kept.contains(root.descriptor.digest)) continue;
    of_replaced.merge(listed_blobs(load_documents(*store.open_image(root.descriptor))));
  }
  if (of_replaced.empty()) return {};
  std::set<Digest> needed = needed_blobs(store, left);
  needed.insert(kept.begin(), kept.end());
  return unneeded(store, of_replaced, std::move(needed));
}

std::vector<StoredBlob> collect_garbage(SharedStore& store, Removal removal) {
  if (removal == Removal::kOnlyFind) return garbage_of(store, store.contents());
  std::vector<StoredBlob> garbage;
  (void)store.remove_blobs([&](const StoreContents& contents) {
    garbage = garbage_of(store, contents);
    std::set<Digest> digests;
    for (const StoredBlob& blob : garbage) digests.insert(blob.digest);
    return digests;
  });
  return garbage;
}

}  // namespace imgcrypt

#include "image/prune.hpp"

#include "image/needed_blobs.hpp"
#include "image/tree/layer_id.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

std::set<Digest> without(std::set<Digest> blobs, const std::set<Digest>& others) {
  std::erase_if(blobs, [&](const Digest& blob) { return others.contains(blob); });
  return blobs;
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
    std::set<Digest> needed = needed_blobs(store, contents);
    std::vector<StoredBlob> blobs = store.blobs();
    std::erase_if(blobs, [&](const StoredBlob& blob) { return !former.blobs.contains(blob.digest); });
    add_referrers(store, blobs, needed);
    return without(former.blobs, needed);
  });
}

std::set<Digest> prunable_layers(SharedStore& store, const std::set<Digest>& layers) {
  if (layers.empty()) return {};
  const StoreContents left = store.contents_without_replaced();
  std::set<Digest> of_replaced;
  for (const RootDescriptor& root : store.contents().images) {
    const auto is_left = [&](const RootDescriptor& other) { return other.raw == root.raw; };
    if (std::ranges::any_of(left.images, is_left)) continue;
    of_replaced.merge(listed_blobs(load_documents(*store.open_image(root.descriptor))));
  }
  std::set<Digest> prunable = without(layers, needed_blobs(store, left));
  std::erase_if(prunable, [&](const Digest& layer) { return !of_replaced.contains(layer); });
  return prunable;
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

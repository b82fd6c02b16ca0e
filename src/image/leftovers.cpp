#include "image/leftovers.hpp"

#include "image/tree/tree.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

// Which blobs a document of an unknown type needs is unknown, so nothing may be removed. A layer needs none,
// and a document that is missing keeps none alive.
void require_known(const ImageNode& node) {
  const auto* opaque = std::get_if<Opaque>(&node.document);
  if (opaque == nullptr || opaque->is_missing || is_image_layer(node.descriptor)) return;
  throw Error(ErrorCode::kRefused, "its media type " + node.descriptor.media_type + " is unknown");
}

void collect(const ImageNode& node, std::set<Digest>& named) {
  require_known(node);
  named.insert(node.descriptor.digest);
  if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
    named.insert(manifest->config().digest);
    for (const Descriptor& layer : manifest->layers()) named.insert(layer.digest);
  }
  for (const ImageNode& child : node.children) collect(child, named);
}

// Everything that any image of the store names. One that cannot be read might need any blob, so it stops the
// removal.
std::set<Digest> named_blobs(SharedStore& store, const std::vector<RootDescriptor>& roots) {
  std::set<Digest> named;
  for (const RootDescriptor& root : roots) {
    try {
      collect(load_documents(*store.open_image(root.descriptor)), named);
    } catch (const Error& error) {
      throw Error(ErrorCode::kRefused,
                  "it is unknown which blobs other images need: " + root.descriptor.digest.string() + ": " +
                      error.message(),
                  "nothing was removed; repair or remove that image first");
    }
  }
  return named;
}

std::set<Digest> without(std::set<Digest> blobs, const std::set<Digest>& others) {
  std::erase_if(blobs, [&](const Digest& blob) { return others.contains(blob); });
  return blobs;
}

}  // namespace

std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result) {
  std::set<Digest> found;
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain && store.has_blob(*layer.plain)) found.insert(*layer.plain);
  }
  for (const Digest& layer : result.plain_left_out) {
    if (store.has_blob(layer)) found.insert(layer);
  }
  // The ciphertext of an empty layer is the same empty blob, which the encrypted image itself needs.
  for (const LayerOutcome& layer : result.layers) {
    if (layer.layer.size == 0) found.erase(layer.layer.digest);
  }
  return found;
}

void require_prunable(SharedStore& store) { (void)named_blobs(store, store.images()); }

std::set<Digest> prunable_leftovers(SharedStore& store, const std::set<Digest>& leftovers) {
  if (leftovers.empty()) return {};
  return without(leftovers, named_blobs(store, store.other_images()));
}

std::set<Digest> prune_leftovers(SharedStore& store, const std::set<Digest>& leftovers) {
  return store.remove_blobs([&](const std::vector<RootDescriptor>& images) {
    return without(leftovers, named_blobs(store, images));
  });
}

}  // namespace imgcrypt

#include "image/leftovers.hpp"

#include "image/tree/tree.hpp"
#include "oci/media_types.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_index.hpp"
#include "transport/open.hpp"

namespace imgcrypt {
namespace {

// What a document of an unknown kind needs is unknown. A layer needs nothing; what is missing is of no use.
void require_known(const ImageNode& node) {
  const auto* opaque = std::get_if<Opaque>(&node.document);
  if (opaque == nullptr || opaque->is_missing || is_image_layer(node.descriptor)) return;
  throw Error(ErrorCode::kRefused, "its media type " + node.descriptor.media_type + " is not known");
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

std::set<Digest> named_blobs(const Reference& layout, const std::vector<RootDescriptor>& roots) {
  std::set<Digest> named;
  for (const RootDescriptor& root : roots) {
    try {
      const auto source = open_source({layout.directory, {}, root.descriptor.digest});
      collect(load_documents(*source), named);
    } catch (const Error& error) {
      throw Error(ErrorCode::kRefused,
                  "cannot tell which blobs other images need: " + root.descriptor.digest.string() + ": " +
                      error.message(),
                  "nothing was removed; mend or remove that image first");
    }
  }
  return named;
}

std::set<Digest> without(std::set<Digest> blobs, const std::set<Digest>& others) {
  std::erase_if(blobs, [&](const Digest& blob) { return others.contains(blob); });
  return blobs;
}

}  // namespace

std::set<Digest> find_leftovers(const Reference& layout, const EncryptResult& result) {
  std::set<Digest> found;
  const auto directory = LayoutDirectory::open_if_exists(layout.directory);
  if (!directory) return found;
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain && directory->open_blob(*layer.plain)) found.insert(*layer.plain);
  }
  for (const Digest& layer : result.plain_left_out) {
    if (directory->open_blob(layer)) found.insert(layer);
  }
  // Nothing, encrypted, is nothing.
  for (const LayerOutcome& layer : result.layers) {
    if (layer.layer.size == 0) found.erase(layer.layer.digest);
  }
  return found;
}

void require_prunable(const Reference& layout) {
  if (const auto directory = LayoutDirectory::open_if_exists(layout.directory))
    (void)named_blobs(layout, read_roots(*directory));
}

std::set<Digest> prunable_leftovers(const Reference& layout, const std::set<Digest>& leftovers) {
  if (leftovers.empty()) return {};
  std::vector<RootDescriptor> roots = read_roots(LayoutDirectory(layout.directory));
  std::erase_if(roots, [&](const RootDescriptor& root) {
    const auto name = root.descriptor.annotations.find(kRefName);
    return name != root.descriptor.annotations.end() && name->second == layout.tag;
  });
  return without(leftovers, named_blobs(layout, roots));
}

std::set<Digest> prune_leftovers(const Reference& layout, const std::set<Digest>& leftovers) {
  LayoutIndex index(layout.directory);
  const std::set<Digest> unnamed = without(leftovers, named_blobs(layout, index.roots()));
  for (const Digest& blob : unnamed) index.remove_blob(blob);
  return unnamed;
}

}  // namespace imgcrypt

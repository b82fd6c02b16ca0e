#include "image/leftovers.hpp"

#include "image/tree.hpp"
#include "transport/layout_directory.hpp"
#include "transport/layout_index.hpp"
#include "transport/open.hpp"

namespace imgcrypt {
namespace {

void collect(const ImageNode& node, std::set<Digest>& named) {
  named.insert(node.descriptor.digest);
  if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
    named.insert(manifest->config().digest);
    for (const Descriptor& layer : manifest->layers()) named.insert(layer.digest);
  }
  for (const ImageNode& child : node.children) collect(child, named);
}

std::set<Digest> named_blobs(const Reference& layout, const LayoutIndex& index) {
  std::set<Digest> named;
  for (const RootDescriptor& root : index.roots()) {
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

}  // namespace

std::set<Digest> find_leftovers(const Reference& layout, const EncryptResult& result) {
  std::set<Digest> found;
  const LayoutDirectory directory(layout.directory);
  for (const LayerOutcome& layer : result.layers) {
    if (layer.outcome == EncryptedAs::kEncrypted && directory.open_blob(layer.layer.digest))
      found.insert(layer.layer.digest);
  }
  return found;
}

std::set<Digest> prune_leftovers(const Reference& layout, const std::set<Digest>& leftovers) {
  LayoutIndex index(layout.directory);
  const std::set<Digest> named = named_blobs(layout, index);
  std::set<Digest> removed;
  for (const Digest& blob : leftovers) {
    if (named.contains(blob)) continue;
    index.remove_blob(blob);
    removed.insert(blob);
  }
  return removed;
}

}  // namespace imgcrypt

#include "image/change/dry_run.hpp"

#include "image/change/rewrite.hpp"

namespace imgcrypt {

void check_presence(ImageSource& source, ImageDestination& destination, const ImageNode& tree,
                    const LayerChange& change) {
  destination.check();
  const auto check = [&](const Descriptor& blob, const std::string& place, bool is_changed) {
    try {
      source.check_presence(blob);
    } catch (const Error& error) {
      const bool may_be_elsewhere = blob.has_urls && error.code() == ErrorCode::kNotFound;
      if (!may_be_elsewhere && (is_changed || !destination.has(blob))) throw error.in(place);
    }
  };
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    check(manifest.config(), "config of " + node.place, false);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      check(layer, layer_place(node, i), change.changes(layer));
    }
  });
}

}  // namespace imgcrypt

#include "image/change/dry_run.hpp"

#include "image/tree/file_system.hpp"

namespace imgcrypt {

void check_feasible(ImageSource& source, ImageDestination& destination, const ImagePlan& plan) {
  // In the order of rewrite_image(), so that a dry run ends with the error that the real run would end with.
  destination.check();
  const auto check = [&](const Descriptor& blob, const std::string& place, bool is_changed) {
    try {
      source.check_presence(blob);
    } catch (const Error& error) {
      // What changes must be read here; what is copied may be at its urls, or at the destination already.
      if (is_changed || !(is_elsewhere(blob, error) || destination.has(blob))) throw error.in(place);
    }
  };
  for_each_manifest(plan.tree(), [&](const ImageNode& node, const Manifest& manifest) {
    check(manifest.config(), "config of " + node.place, false);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      check(layer, layer_place(node, i), plan.change_of(layer) != nullptr);
    }
  });
}

}  // namespace imgcrypt

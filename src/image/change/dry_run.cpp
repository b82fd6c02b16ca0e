#include "image/change/dry_run.hpp"

#include "image/change/expected_image.hpp"

namespace imgcrypt {

void check_feasible(ImageSource& source, ImageDestination& destination, const ImagePlan& plan) {
  // In the order of rewrite_image(), so that a dry run ends with the error that the real run would end with.
  destination.check();
  destination.expect(expected_image(plan));
  const auto check = [&](const Descriptor& blob, const std::string& place, bool is_changed) {
    try {
      source.check_presence(blob);
    } catch (const Error& error) {
      // What changes must be read here; what is copied may be at its urls, or at the destination already.
      const bool may_be_elsewhere = blob.has_urls && error.code() == ErrorCode::kNotFound;
      if (is_changed || !(may_be_elsewhere || destination.has(blob))) throw error.in(place);
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

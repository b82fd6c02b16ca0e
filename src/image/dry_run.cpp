#include "image/dry_run.hpp"

namespace imgcrypt {

void check_presence(ImageSource& source, const ImageNode& tree) {
  const auto check = [&](const Descriptor& blob, const std::string& place) {
    try {
      source.check_presence(blob);
    } catch (const Error& error) {
      const bool may_be_elsewhere = blob.has_urls && error.code() == ErrorCode::kNotFound;
      if (!may_be_elsewhere) throw error.in(place);
    }
  };
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    check(manifest.config(), "config of " + node.place);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i)
      check(manifest.layers()[i], layer_place(node, i));
  });
}

}  // namespace imgcrypt

#include "image/tree/file_system.hpp"

#include "oci/media_types.hpp"

namespace imgcrypt {

std::vector<bool> file_system_layers(const Manifest& manifest,
                                     const std::vector<std::optional<Digest>>& diff_ids) {
  std::vector<bool> are_layers;
  for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
    const Descriptor& layer = manifest.layers()[i];
    const bool is_counted = !diff_ids.empty() && diff_ids[i].has_value();
    are_layers.push_back(is_image_layer(layer) ||
                         (is_counted && layer.media_type != "application/vnd.in-toto+json"));
  }
  return are_layers;
}

std::vector<bool> file_system_layers_at_most(const Manifest& manifest) {
  std::vector<std::optional<Digest>> digests;
  for (const Descriptor& layer : manifest.layers()) digests.emplace_back(layer.digest);
  return file_system_layers(manifest, digests);
}

bool is_elsewhere(const Descriptor& blob, const Error& failure) {
  return is_foreign(blob) && failure.code() == ErrorCode::kNotFound;
}

}  // namespace imgcrypt

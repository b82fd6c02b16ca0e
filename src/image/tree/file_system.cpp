#include "image/tree/file_system.hpp"

#include "oci/media_types.hpp"

#include <string_view>

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

bool is_layer_in_index(const Descriptor& blob) {
  constexpr std::string_view kWord = "layer";
  const auto separates = [](char c) { return std::string_view("./+-_").find(c) != std::string_view::npos; };
  if (is_image_layer(blob)) return true;
  const std::string_view type = blob.media_type;
  for (auto at = type.find(kWord); at != std::string_view::npos; at = type.find(kWord, at + 1)) {
    const std::size_t end = at + kWord.size();
    const bool begins = at == 0 || separates(type[at - 1]);
    if (begins && (end == type.size() || separates(type[end]))) return true;
  }
  return false;
}

bool is_elsewhere(const Descriptor& blob, const Error& failure) {
  return is_foreign(blob) && failure.code() == ErrorCode::kNotFound;
}

}  // namespace imgcrypt

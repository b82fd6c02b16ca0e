#include "oci/layer_in_index.hpp"

#include "oci/media_types.hpp"

#include <string_view>

namespace imgcrypt {

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

}  // namespace imgcrypt

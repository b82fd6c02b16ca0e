#include "image/tree/layer_id.hpp"

#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

LayerId layer_id(const Descriptor& layer) {
  std::string encryption;
  // They are neighbours: Annotations are sorted by name. Lengths keep two lists from having one text.
  for (auto at = layer.annotations.lower_bound(std::string(kEncryptionPrefix));
       at != layer.annotations.end() && at->first.starts_with(kEncryptionPrefix); ++at) {
    for (const std::string* text : {&at->first, &at->second})
      encryption.append(std::to_string(text->size())).append(":").append(*text);
  }
  return {layer.digest, layer.size, layer.media_type,
          encryption.empty() ? std::nullopt : std::optional(Digest::of(as_bytes(encryption)))};
}

Descriptor without_annotations(const Descriptor& layer) {
  return {layer.media_type, layer.digest, layer.size, {}, std::nullopt, layer.has_urls, layer.has_data};
}

}  // namespace imgcrypt

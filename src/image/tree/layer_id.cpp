#include "image/tree/layer_id.hpp"

#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

LayerId layer_id(const Descriptor& layer) {
  LayerId id{layer.digest, layer.size, layer.media_type, {}};
  // They are neighbours: Annotations are sorted by name.
  for (auto at = layer.annotations.lower_bound(std::string(kEncryptionPrefix));
       at != layer.annotations.end() && at->first.starts_with(kEncryptionPrefix); ++at)
    id.encryption.insert(*at);
  return id;
}

}  // namespace imgcrypt

// One layer's blob, read to its end to see that it is what its image says.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "transport/image_store.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

struct LayerToCheck {
  Descriptor layer;
  std::string place;
  SharedLayerKeys keys;       // null for layers that are not encrypted, or that no key opens
  std::set<Digest> diff_ids;  // as the configs say
};

// Size and digest; HMAC and diff_id as far as it can be read. Throws kIntegrity, kNotFound.
// What is encrypted is hashed by so many hands.
void check_layer_content(ImageSource& source, const LayerToCheck& check, Hands hands, Reporter& reporter);

// All of them so, at most `jobs` at once; throws the first failure, with its place.
void check_layers(ImageSource& source, const std::vector<LayerToCheck>& layers, unsigned jobs,
                  Reporter& reporter);

}  // namespace imgcrypt

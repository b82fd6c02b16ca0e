// The keys of an image's encrypted layers, unwrapped before a byte of them is moved.
#pragma once

#include "image/progress.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"
#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

struct LayerKeys {
  PrivateOptions options;
  PublicOptions public_options;
};

// Immutable once made; shared by all layers that it opens.
using SharedLayerKeys = std::shared_ptr<const LayerKeys>;

// A layer that none of the keys opens.
struct LockedLayer {
  LayerId id;
  std::string place;  // where it occurs first
  Error why;          // kNoKey; kIntegrity and kRefused for what no key may open

  [[nodiscard]] Error error() const { return why.in(place); }
};

struct UnwrappedKeys {
  std::map<LayerId, SharedLayerKeys> keys;
  std::vector<LockedLayer> locked;  // in the order of the tree

  // Null when there is none.
  [[nodiscard]] SharedLayerKeys find(const Descriptor& layer) const;
};

// Of the encrypted layers among `chosen`, each once. A layer whose own packets no key opens gets the keys
// that another description of the very same ciphertext holds. At most `jobs` at once, as a key may be far
// away. Throws kProvider when a key provider failed, and kCancelled.
[[nodiscard]] UnwrappedKeys unwrap_layer_keys(const ImageNode& tree, const std::set<LayerId>& chosen,
                                              const KeyUnwrappers& unwrappers, unsigned jobs,
                                              Progress& progress);

// Throws kIntegrity when a layer that is not encrypted has annotations of encryption: its type may have been
// forged.
void check_annotations(const ImageNode& tree);

}  // namespace imgcrypt

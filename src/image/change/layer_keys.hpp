// The keys of an image's encrypted layers, unwrapped before a byte is moved, so that a missing key is known
// at once and a passphrase or a key provider is asked for at the start.
#pragma once

#include "image/reporter.hpp"
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

// What decrypting one layer takes. Not copied: the key is secret.
struct LayerKeys {
  PrivateOptions options;  // secret
  PublicOptions public_options;
};

// Immutable once made; shared by all layers that it opens.
using SharedLayerKeys = std::shared_ptr<const LayerKeys>;

// A layer that none of the keys opens.
struct LockedLayer {
  LayerId id;
  std::string place;  // where it occurs first
  Error why;          // kNoKey; kIntegrity or kRefused when no key can or may open it

  // `why` with the place.
  [[nodiscard]] Error error() const { return why.in(place); }
};

// Every encrypted layer that was chosen is in exactly one of the two.
struct UnwrappedKeys {
  std::map<LayerId, SharedLayerKeys> keys;
  std::vector<LockedLayer> locked;  // in the order of the tree

  std::map<LayerId, std::size_t> places;  // of the layers in `locked`

  // Null for a layer that is plain, locked or was not chosen.
  [[nodiscard]] SharedLayerKeys find(const Descriptor& layer) const;
  // Null for a layer that is not locked. Valid for as long as this object.
  [[nodiscard]] const LockedLayer* find_locked(const Descriptor& layer) const;
};

// Tries the keys on the encrypted layers among `chosen`, each once, at most `jobs` at the same time (a key
// may be in a cloud). A layer whose own packets no key opens gets the keys of another description of the same
// ciphertext, with the same digest and HMAC. Throws kProvider when a key provider failed where no key opened
// the layer, kCancelled and whatever else does not concern one layer alone, with its place. A detail for the
// reporter says of each layer which key opened it and why others did not. The unwrappers are used by several
// threads at the same time.
[[nodiscard]] UnwrappedKeys unwrap_layer_keys(const ImageNode& tree, const std::set<LayerId>& chosen,
                                              const KeyUnwrappers& unwrappers, unsigned jobs,
                                              Reporter& reporter);

// Of a layer for which is_encrypted_twice() is true: kRefused.
[[nodiscard]] Error encrypted_twice(const std::string& media_type);

// Throws kIntegrity, with the place, when a layer has encryption annotations but not an encrypted type: its
// type may have been forged, so that it would be taken for plain. Throws encrypted_twice() for such a type.
void check_annotations(const ImageNode& tree);

}  // namespace imgcrypt

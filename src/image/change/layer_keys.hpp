// The keys of an image's encrypted layers, unwrapped before a byte of them is moved.
#pragma once

#include "image/progress.hpp"
#include "image/tree/tree.hpp"
#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

struct LayerKeys {
  PrivateOptions options;
  PublicOptions public_options;
};

// A layer that none of the keys opens.
struct LockedLayer {
  Digest digest;
  std::string place;
  Error why;  // kNoKey; kIntegrity and kRefused for what no key may open

  [[nodiscard]] Error error() const { return why.in(place); }
};

struct UnwrappedKeys {
  std::map<Digest, LayerKeys> keys;  // by the digest of the ciphertext
  std::vector<LockedLayer> locked;   // in the order of the tree
};

// Of the encrypted layers among `chosen`, each blob once: where several descriptors name one blob, the keys
// that stand in any of them will do. At most `jobs` at once, as a key may be far away. Throws kProvider when
// a key provider failed.
[[nodiscard]] UnwrappedKeys unwrap_layer_keys(const ImageNode& tree, const std::set<Digest>& chosen,
                                              const KeyUnwrappers& unwrappers, unsigned jobs,
                                              Progress& progress);

// Throws kIntegrity when a layer that is not encrypted has annotations of encryption: its type may have been
// forged.
void check_annotations(const ImageNode& tree);

}  // namespace imgcrypt

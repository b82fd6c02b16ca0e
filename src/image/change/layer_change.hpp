// What becomes of one layer: decided before a byte moves, done later by any thread. Implemented for
// encryption, decryption, rotation, and adding, replacing or removing recipients; a use case that changes
// layers implements one more. Immutable.
#pragma once

#include "oci/edit.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

class LayerChange {
 public:
  virtual ~LayerChange() = default;

  // Puts what becomes of the layer, whose content is `blob`, and returns the whole edit of its descriptor, to
  // which nobody adds anything. `blob` is opened when it is first read; it is read to its verified end, or
  // not at all if the destination has what is needed. After kNetwork the caller may call it again with a new
  // source: an encryption then uses a new key, since the first ciphertext may have been seen. Throws
  // kIntegrity, kProvider and what source and destination throw, without the layer's place.
  [[nodiscard]] virtual DescriptorEdit apply(Source& blob, ImageDestination& destination) const = 0;
};

}  // namespace imgcrypt

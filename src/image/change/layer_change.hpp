// What becomes of one layer: decided before a byte moves, done later by any thread. An encryption, a
// decryption, other recipients. Immutable; used by several threads when several layers share it.
#pragma once

#include "oci/edit.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

class LayerChange {
 public:
  virtual ~LayerChange() = default;

  // Puts what becomes of the layer, whose content is `blob`, and returns the whole edit of its descriptor, to
  // which nobody adds anything. The blob is read to its verified end, or not at all where the destination has
  // it: it is opened when it is first read. What is done twice, after kNetwork, is done with fresh keys and
  // leaves nothing of the first time. Throws kIntegrity, kProvider and what the streams throw.
  [[nodiscard]] virtual DescriptorEdit apply(Source& blob, ImageDestination& destination) const = 0;
};

}  // namespace imgcrypt

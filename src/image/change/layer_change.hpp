// What becomes of one layer: decided before a byte moves, done later by any thread. Implemented for
// encryption, decryption, rotation, and adding, replacing or removing recipients; a use case that changes
// layers implements one more. Immutable.
#pragma once

#include "oci/edit.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// Which blob the layer has afterwards.
enum class NewBlob {
  kNone,    // the one that it had
  kFixed,   // another one, always the same
  kRandom,  // another one with each call, as it draws a new key
};

class LayerChange {
 public:
  virtual ~LayerChange() = default;

  [[nodiscard]] virtual NewBlob new_blob() const noexcept = 0;

  // The blob that the layer has afterwards, as far as that is known before.
  [[nodiscard]] virtual BlobInfo expected_blob() const = 0;

  // Puts what becomes of the layer, whose content is `blob`, and returns the whole edit of its descriptor, to
  // which nobody adds anything. `blob` is opened when it is first read; it is read to its verified end, or
  // not at all if the destination has what is needed. After kNetwork the caller may call it again with a new
  // source, and so it does when a random blob turns out to be another layer's: an encryption then uses a new
  // key, since the first ciphertext may have been seen. Throws kIntegrity, kProvider and what source and
  // destination throw, without the layer's place.
  [[nodiscard]] virtual DescriptorEdit apply(Source& blob, BlobDestination& destination) const = 0;
};

}  // namespace imgcrypt

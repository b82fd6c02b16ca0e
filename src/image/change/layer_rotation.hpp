// An encrypted layer, decrypted and encrypted again with a new key for recipients that replace all old ones:
// keys that those have kept do not open the new blob. The plaintext exists in memory only, a chunk at a time.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"

namespace imgcrypt {

class LayerRotation final : public LayerChange {
 public:
  // `wrappers` must outlive it. `keys` are those that open the layer now.
  LayerRotation(Descriptor layer, SharedLayerKeys keys, const KeyWrappers& wrappers)
      : layer_(std::move(layer)), keys_(std::move(keys)), wrappers_(wrappers) {}

  [[nodiscard]] NewBlob new_blob() const noexcept override { return NewBlob::kRandom; }
  [[nodiscard]] BlobInfo expected_blob() const override;
  // Throws kIntegrity "layer authentication failed" when the old HMAC does not match; kProvider. Packets of
  // other schemes than the new recipients' are removed, unknown ones included: they would open nothing. The
  // record of the plain layer's digest is kept.
  [[nodiscard]] DescriptorEdit apply(Source& blob, BlobDestination& destination) const override;

 private:
  Descriptor layer_;
  SharedLayerKeys keys_;
  const KeyWrappers& wrappers_;
};

}  // namespace imgcrypt

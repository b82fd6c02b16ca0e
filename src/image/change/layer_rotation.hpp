// An encrypted layer decrypted and encrypted again with a fresh key, for recipients that take the place of
// all old ones. No plaintext reaches the destination.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"

namespace imgcrypt {

class LayerRotation final : public LayerChange {
 public:
  // `wrappers` must outlive it.
  LayerRotation(Descriptor layer, SharedLayerKeys keys, const KeyWrappers& wrappers)
      : layer_(std::move(layer)), keys_(std::move(keys)), wrappers_(wrappers) {}

  [[nodiscard]] DescriptorEdit apply(Source& blob, ImageDestination& destination) const override;

 private:
  Descriptor layer_;
  SharedLayerKeys keys_;
  const KeyWrappers& wrappers_;
};

}  // namespace imgcrypt

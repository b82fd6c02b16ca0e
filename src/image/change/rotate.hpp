// Encrypted layers decrypted and encrypted again with fresh keys, for recipients that take the place of all
// old ones. No plaintext reaches the destination.
#pragma once

#include "image/change/opened_layers.hpp"

namespace imgcrypt {

class LayerRotation final : public OpenedLayersChange {
 public:
  using OpenedLayersChange::OpenedLayersChange;

  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override;
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override;
};

}  // namespace imgcrypt

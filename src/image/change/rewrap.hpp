// Other recipients for layers that stay as they are: the same key and blob, wrapped for more or for others.
#pragma once

#include "image/change/opened_layers.hpp"

namespace imgcrypt {

enum class OldRecipients { kStay, kGo };
// Whether a blob is read to see that its HMAC fits the key that is wrapped anew.
enum class BlobCheck { kHmac, kNone };

struct RewrapOptions {
  OldRecipients old = OldRecipients::kStay;
  BlobCheck check = BlobCheck::kHmac;
};

class LayerRewrap final : public OpenedLayersChange {
 public:
  LayerRewrap(std::map<Digest, LayerKeys> keys, const KeyWrappers& wrappers, RewrapOptions options)
      : OpenedLayersChange(std::move(keys), wrappers), options_(options) {}

  // Throws as complete(), before a byte is moved.
  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override;
  // Throws kRefused when the layer would have more packets than readers take.
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override;

 private:
  RewrapOptions options_;
};

}  // namespace imgcrypt

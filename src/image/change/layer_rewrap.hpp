// Other recipients for a layer that stays as it is: the same key and blob, wrapped for more or for others.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"

namespace imgcrypt {

enum class OldRecipients { kStay, kGo };
// Whether a blob is read to see that its HMAC fits the key that is wrapped anew.
enum class BlobCheck { kHmac, kNone };

struct RewrapOptions {
  OldRecipients old = OldRecipients::kStay;
  BlobCheck check = BlobCheck::kHmac;
};

class LayerRewrap final : public LayerChange {
 public:
  // `wrappers` must outlive it.
  LayerRewrap(Descriptor layer, SharedLayerKeys keys, const KeyWrappers& wrappers, RewrapOptions options)
      : layer_(std::move(layer)), keys_(std::move(keys)), wrappers_(wrappers), options_(options) {}

  // Throws kRefused, before a byte is read, when the layer would have more packets than readers take.
  [[nodiscard]] DescriptorEdit apply(Source& blob, ImageDestination& destination) const override;

 private:
  Descriptor layer_;
  SharedLayerKeys keys_;
  const KeyWrappers& wrappers_;
  RewrapOptions options_;
};

}  // namespace imgcrypt

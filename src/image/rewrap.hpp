// Other recipients for layers that stay as they are: the same key and blob, wrapped for more or for others.
#pragma once

#include "image/layer_keys.hpp"
#include "image/rewrite.hpp"

#include <map>

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
  // `keys` are those of the layers to change. `wrappers` must outlive it.
  LayerRewrap(std::map<Digest, LayerKeys> keys, const KeyWrappers& wrappers, RewrapOptions options)
      : keys_(std::move(keys)), wrappers_(wrappers), options_(options) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override;
  DescriptorEdit change(const Descriptor& layer, Source& blob, Lane& lane,
                        ImageDestination& destination) override;
  // Throws kRefused when the layer would have more packets than readers take.
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override;
  [[nodiscard]] AnnotationEdit edit_document(const Descriptor&, const Annotations&) const override {
    return {};
  }

 private:
  std::map<Digest, LayerKeys> keys_;
  const KeyWrappers& wrappers_;
  RewrapOptions options_;
};

}  // namespace imgcrypt

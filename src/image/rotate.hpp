// Encrypted layers decrypted and encrypted again with fresh keys, for recipients that take the place of all
// old ones. No plaintext reaches the destination.
#pragma once

#include "image/layer_keys.hpp"
#include "image/rewrite.hpp"

#include <map>

namespace imgcrypt {

class LayerRotation final : public LayerChange {
 public:
  // `keys` are those of the layers to change. `wrappers` must outlive it.
  LayerRotation(std::map<Digest, LayerKeys> keys, const KeyWrappers& wrappers)
      : keys_(std::move(keys)), wrappers_(wrappers) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override;
  DescriptorEdit change(const Descriptor& layer, Source& blob, Lane& lane,
                        ImageDestination& destination) override;
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override;
  [[nodiscard]] AnnotationEdit edit_document(const Descriptor&, const Annotations&) const override {
    return {};
  }

 private:
  std::map<Digest, LayerKeys> keys_;
  const KeyWrappers& wrappers_;
};

}  // namespace imgcrypt

// What giving layers other recipients needs, with or without a fresh key: the keys that they have.
#pragma once

#include "image/change/layer_keys.hpp"
#include "image/change/rewrite.hpp"
#include "oci/media_types.hpp"

#include <map>
#include <utility>

namespace imgcrypt {

// A change of the layers that `keys` open, for the recipients of `wrappers`, which must outlive it.
class OpenedLayersChange : public LayerChange {
 public:
  OpenedLayersChange(std::map<Digest, LayerKeys> keys, const KeyWrappers& wrappers)
      : keys_(std::move(keys)), wrappers_(wrappers) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override {
    return is_encrypted(layer.media_type) && keys_.contains(layer.digest);
  }

 protected:
  [[nodiscard]] const LayerKeys& keys_of(const Descriptor& layer) const { return keys_.at(layer.digest); }
  [[nodiscard]] const KeyWrappers& wrappers() const noexcept { return wrappers_; }

 private:
  std::map<Digest, LayerKeys> keys_;
  const KeyWrappers& wrappers_;
};

}  // namespace imgcrypt

// A plain layer, encrypted on its way to the destination with a new random key each time (AES-256-CTR and
// HMAC-SHA-256, docs/formats.md, "Layer cipher").
#pragma once

#include "image/change/layer_change.hpp"
#include "keywrap/key_wrapper.hpp"

namespace imgcrypt {

class LayerEncryption final : public LayerChange {
 public:
  // `wrappers` must outlive it. REQUIRES: can_be_encrypted(layer).
  LayerEncryption(Descriptor layer, const KeyWrappers& wrappers)
      : layer_(std::move(layer)), wrappers_(wrappers) {}

  [[nodiscard]] NewBlob new_blob() const noexcept override { return NewBlob::kRandom; }
  [[nodiscard]] BlobInfo expected_blob() const override;
  // The key is wrapped before a byte is read, as a key provider may refuse (kProvider). The edit appends
  // "+encrypted" to the type and sets all annotations of encryption. The HMAC covers the ciphertext, so the
  // edit is complete only when the destination has taken the last byte.
  [[nodiscard]] DescriptorEdit apply(Source& blob, BlobDestination& destination) const override;

 private:
  Descriptor layer_;
  const KeyWrappers& wrappers_;
};

}  // namespace imgcrypt

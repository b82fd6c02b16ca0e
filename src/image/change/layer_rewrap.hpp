// Other recipients for an encrypted layer whose blob and key stay as they are: the key is wrapped for more
// people, or for others. Old recipients may have kept the key; LayerRotation shuts them out.
#pragma once

#include "image/change/content_notes.hpp"
#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"

namespace imgcrypt {

// Whether the layer keeps the packets that it has. Only packets are meant: the key stays the same.
enum class OldRecipients { kStay, kGo };
// Whose HMACs are checked: of every blob, which is then read; of those that are read anyway, as they move to
// another store; or of none. Wrapping the key of a blob that was not checked vouches for one that may have
// been forged.
enum class BlobCheck { kAll, kMoved, kNone };

// The defaults add recipients and check the blob.
struct RewrapOptions {
  OldRecipients old = OldRecipients::kStay;
  BlobCheck check = BlobCheck::kAll;
};

class LayerRewrap final : public LayerChange {
 public:
  // `wrappers` and `notes` must outlive it.
  LayerRewrap(Descriptor layer, SharedLayerKeys keys, const KeyWrappers& wrappers, RewrapOptions options,
              ContentNotes& notes)
      : layer_(std::move(layer)),
        keys_(std::move(keys)),
        wrappers_(wrappers),
        options_(options),
        notes_(notes) {}

  [[nodiscard]] NewBlob new_blob() const noexcept override { return NewBlob::kNone; }
  [[nodiscard]] BlobInfo expected_blob() const override;
  // Throws kRefused, before a byte is read, when the layer would have more packets than readers accept
  // (kMostPackets), and kIntegrity when the HMAC does not match. Packets of unknown schemes stay with kStay
  // and go with kGo.
  [[nodiscard]] DescriptorEdit apply(Source& blob, BlobDestination& destination) const override;

 private:
  Descriptor layer_;
  SharedLayerKeys keys_;
  const KeyWrappers& wrappers_;
  RewrapOptions options_;
  ContentNotes& notes_;
};

}  // namespace imgcrypt

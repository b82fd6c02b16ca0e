// An encrypted layer, decrypted on its way to the destination and compared with what its image's config says
// of it.
#pragma once

#include "image/change/content_notes.hpp"
#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "image/tree/diff_ids.hpp"
#include "layer/inflate/diff_id.hpp"
#include "layer/layer_mac.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// What a layer must turn out to be when it is decrypted.
struct ExpectedLayer {
  std::string place;           // where it occurs first
  ExpectedDiffIds diff_ids{};  // empty: nothing is known, or nothing is to be checked
  // The digest with which all manifests that hold it become exactly the ones that were encrypted. If the
  // layer turns out to have it, its diff_id is not checked, and need not be measured.
  std::optional<Digest> exact{};
  // Why the diff_ids of a config cannot be compared: an error if the layer does not turn out to be `exact`.
  std::optional<Error> diff_ids_problem{};
};

// How the descriptor of an encrypted layer changes when its plaintext has that digest. Also used to foretell
// the manifest, so that foretelling and doing cannot differ. REQUIRES: is_encrypted(layer.media_type).
[[nodiscard]] DescriptorEdit decrypted_edit(const Descriptor& layer, const Digest& plaintext);

// Applied by any thread. Its keys are shared with other layers that they open; nothing of them is changed.
class LayerDecryption final : public LayerChange {
 public:
  // What it refers to must outlive it: `layer` lies in the plan's tree. A layer that is not what its writer
  // recorded is read from `source` a second time.
  LayerDecryption(const Descriptor& layer, SharedLayerKeys keys, ExpectedLayer expected, ImageSource& source,
                  ContentNotes& notes, Reporter& reporter)
      : layer_(layer),
        keys_(std::move(keys)),
        expected_(std::move(expected)),
        source_(source),
        notes_(notes),
        reporter_(reporter) {}

  [[nodiscard]] NewBlob new_blob() const noexcept override { return NewBlob::kFixed; }
  [[nodiscard]] BlobInfo expected_blob() const override;
  // Throws kIntegrity "layer authentication failed", and for a layer that the configs do not mean; by then it
  // has been put, but is not committed.
  [[nodiscard]] DescriptorEdit apply(Source& blob, BlobDestination& destination) const override;

 private:
  [[nodiscard]] LayerMac hmac() const;
  [[nodiscard]] DiffId diff_id_by_second_read(HashAlgorithm algorithm) const;

  const Descriptor& layer_;
  SharedLayerKeys keys_;
  ExpectedLayer expected_;
  ImageSource& source_;
  ContentNotes& notes_;
  Reporter& reporter_;
};

}  // namespace imgcrypt

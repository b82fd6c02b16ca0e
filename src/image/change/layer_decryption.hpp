// An encrypted layer decrypted on its way to the destination, and held to what its image's config says of it.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "layer/layer_mac.hpp"

#include <optional>
#include <set>
#include <string>

namespace imgcrypt {

// What a layer must be when it is decrypted.
struct ExpectedLayer {
  std::string place;            // for notes
  std::set<Digest> diff_ids{};  // as the configs say; none: nothing is known, or nothing is to be checked
  // Its digest if it is the blob that was encrypted. When it is, the manifests that hold it become the very
  // ones that were encrypted, and it need not be decompressed for its diff_id.
  std::optional<Digest> exact{};
};

// How the descriptor of an encrypted layer changes when its plaintext has that digest: the one place that
// says so.
[[nodiscard]] DescriptorEdit decrypted_edit(const Descriptor& layer, const Digest& plaintext);

class LayerDecryption final : public LayerChange {
 public:
  // `source`, from which a layer whose writer is wrong about it is read again, and `reporter` must outlive
  // it.
  LayerDecryption(Descriptor layer, SharedLayerKeys keys, ExpectedLayer expected, ImageSource& source,
                  Reporter& reporter)
      : layer_(std::move(layer)),
        keys_(std::move(keys)),
        expected_(std::move(expected)),
        source_(source),
        reporter_(reporter) {}

  // Throws kIntegrity for a layer that is another than the configs mean.
  [[nodiscard]] DescriptorEdit apply(Source& blob, ImageDestination& destination) const override;

 private:
  [[nodiscard]] LayerMac hmac() const;
  [[nodiscard]] Digest diff_id_by_second_read(HashAlgorithm algorithm) const;

  Descriptor layer_;
  SharedLayerKeys keys_;
  ExpectedLayer expected_;
  ImageSource& source_;
  Reporter& reporter_;
};

}  // namespace imgcrypt

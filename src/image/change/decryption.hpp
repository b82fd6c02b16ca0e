// Layers decrypted on their way to the destination, and held to what their image's config says of them.
#pragma once

#include "image/change/rewrite.hpp"
#include "image/decrypt.hpp"
#include "image/layer_check.hpp"

#include <map>
#include <optional>
#include <set>

namespace imgcrypt {

// What a layer must be when it is decrypted.
struct ExpectedLayer {
  std::set<Digest> diff_ids;  // as the configs say; none: nothing is known, or nothing is to be checked
  // Its digest if it is the blob that was encrypted. When it is, the manifests that hold it become the very
  // ones that were encrypted, and it need not be decompressed for its diff_id.
  std::optional<Digest> exact;
};

class LayerDecryption final : public LayerChange {
 public:
  // Decrypts the layers that `keys` open. Reads the configs of the manifests that hold them. `source`,
  // `tree` and `reporter` must outlive it. Throws as diff_ids_of().
  LayerDecryption(ImageSource& source, const ImageNode& tree, std::map<Digest, LayerKeys> keys,
                  DiffIdCheck check, Reporter& reporter);

  [[nodiscard]] bool changes(const Descriptor& layer) const override;
  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override;
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override;
  [[nodiscard]] AnnotationEdit edit_document(const Descriptor& document, const Annotations&) const override;

  // Reads the plain layers that stand beside those that are decrypted, where their diff_ids are to be
  // checked. Throws kIntegrity.
  void check_plain_layers(unsigned jobs) const;

  // Whether encrypted layers are left anywhere.
  [[nodiscard]] bool is_partial() const noexcept { return !partly_encrypted_.empty(); }

 private:
  void expect_layers(const ImageNode& node, const Manifest& manifest, DiffIdCheck check);
  [[nodiscard]] bool becomes_exact(const ImageNode& node, const Manifest& manifest) const;
  [[nodiscard]] Digest diff_id_by_second_read(const Descriptor& layer, HashAlgorithm algorithm);

  ImageSource& source_;
  Reporter& reporter_;
  std::map<Digest, LayerKeys> keys_;
  std::map<Digest, ExpectedLayer> expected_;
  std::map<Digest, std::string> places_;
  std::map<Digest, LayerToCheck> plain_layers_;
  std::set<Digest> partly_encrypted_;  // documents above layers that stay encrypted
};

}  // namespace imgcrypt

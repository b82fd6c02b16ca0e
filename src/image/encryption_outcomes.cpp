#include "image/encryption_outcomes.hpp"

#include "image/base_layers.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {

EncryptionOutcomes::EncryptionOutcomes(ImageSource& source, Configs& configs, const ImageNode& tree,
                                       const EncryptOptions& options, Reporter& reporter)
    : chosen_(choose_layers(tree, options.selection.layers)) {
  // Before anything is decided by type: a forged type would make an encrypted layer look plain, and it would
  // be encrypted twice.
  check_annotations(tree);
  if (options.base != nullptr)
    base_ = layers_of_base(*options.base, tree, source, configs, options.write.jobs, reporter);
  if (options.unwrappers != nullptr) {
    unwrapped_ = unwrap_layer_keys(tree, chosen_, *options.unwrappers, options.write.jobs, reporter);
    // With recipients added to some layers only, they could not run the image.
    if (!unwrapped_.locked.empty()) throw unwrapped_.locked.front().error();
  }
  for_each_layer(tree, [&](const std::string& place, const Descriptor& layer) {
    const EncryptedAs outcome = decide(layer);
    layers_.push_back({place, layer, outcome, plain_blob(layer, outcome)});
  });
}

std::size_t EncryptionOutcomes::count(EncryptedAs outcome) const {
  return static_cast<std::size_t>(std::ranges::count(layers_, outcome, &LayerOutcome::outcome));
}

EncryptedAs EncryptionOutcomes::decide(const Descriptor& layer) const {
  if (is_encrypted(layer.media_type))
    return keys_of(layer) ? EncryptedAs::kRecipientsAdded : EncryptedAs::kKept;
  if (is_foreign(layer)) return EncryptedAs::kForeign;
  if (!can_be_encrypted(layer)) return EncryptedAs::kNotALayer;
  const LayerId id = layer_id(layer);
  if (base_.contains(id)) return EncryptedAs::kBase;
  return chosen_.contains(id) ? EncryptedAs::kEncrypted : EncryptedAs::kNotChosen;
}

std::optional<Digest> EncryptionOutcomes::plain_blob(const Descriptor& layer, EncryptedAs outcome) const {
  if (outcome == EncryptedAs::kEncrypted) return layer.digest;
  if (outcome != EncryptedAs::kRecipientsAdded) return std::nullopt;
  return Digest::parse_if_valid(keys_of(layer)->options.source_digest);
}

}  // namespace imgcrypt

// What encrypting makes of each layer of an image, decided once: plan, notes, dry run and result of
// encrypt_image() read it.
#pragma once

#include "image/change/layer_keys.hpp"
#include "image/encrypt.hpp"
#include "image/tree/configs.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace imgcrypt {

class EncryptionOutcomes {
 public:
  // `tree` is the image as it will be written. Reads the base, unwraps the keys of layers that are encrypted
  // already if it is given unwrappers, and reads configs as layers_of_base() does, but no layer. Throws
  // kIntegrity for a plain type with encryption annotations; kNoKey when the unwrappers do not open a layer;
  // as choose_layers() and layers_of_base().
  EncryptionOutcomes(ImageSource& source, Configs& configs, const ImageNode& tree,
                     const EncryptOptions& options, Reporter& reporter);

  // Of every manifest, in order.
  [[nodiscard]] const std::vector<LayerOutcome>& layers() const noexcept { return layers_; }
  [[nodiscard]] std::size_t count(EncryptedAs outcome) const;
  // Null for a layer that was not unwrapped.
  [[nodiscard]] SharedLayerKeys keys_of(const Descriptor& layer) const { return unwrapped_.find(layer); }

 private:
  [[nodiscard]] EncryptedAs decide(const Descriptor& layer) const;
  [[nodiscard]] std::optional<Digest> plain_blob(const Descriptor& layer, EncryptedAs outcome) const;

  std::set<LayerId> chosen_;
  std::set<LayerId> base_;
  UnwrappedKeys unwrapped_;
  std::vector<LayerOutcome> layers_;
};

}  // namespace imgcrypt

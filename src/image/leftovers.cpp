#include "image/leftovers.hpp"

#include "image/tree/tree.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

std::set<Digest> plain_layers_of(const EncryptResult& result) {
  std::set<Digest> layers = result.plain_left_out;
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain) layers.insert(*layer.plain);
  }
  // The ciphertext of an empty layer is the same empty blob, which the encrypted image itself needs.
  for (const LayerOutcome& layer : result.layers) {
    if (layer.layer.size == 0) layers.erase(layer.layer.digest);
  }
  return layers;
}

// Tiny layers can have the ciphertext that is another one's plain blob: what the written image lists as
// encrypted alone is not left over.
std::set<Digest> ciphertexts(SharedStore& store, const EncryptResult& result) {
  const auto written = result.root ? store.open_former(result.root->digest) : nullptr;
  if (!written) return {};
  const ImageNode image = load_documents(*written);
  std::set<Digest> encrypted;
  for_each_layer(image, [&](const std::string&, const Descriptor& layer) {
    if (is_encrypted(layer.media_type)) encrypted.insert(layer.digest);
  });
  for_each_layer(image, [&](const std::string&, const Descriptor& layer) {
    if (!is_encrypted(layer.media_type)) encrypted.erase(layer.digest);
  });
  return encrypted;
}

}  // namespace

std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result) {
  const std::set<Digest> needed = ciphertexts(store, result);
  std::set<Digest> found = plain_layers_of(result);
  std::erase_if(found, [&](const Digest& layer) { return needed.contains(layer) || !store.has_blob(layer); });
  return found;
}

std::set<Digest> find_leftovers(ImageDestination& destination, const EncryptResult& result) {
  return destination.still_held(plain_layers_of(result));
}

}  // namespace imgcrypt

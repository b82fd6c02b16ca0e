#include "image/leftovers.hpp"

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

}  // namespace

std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result) {
  std::set<Digest> found = plain_layers_of(result);
  std::erase_if(found, [&](const Digest& layer) { return !store.has_blob(layer); });
  return found;
}

std::set<Digest> find_leftovers(ImageDestination& destination, const EncryptResult& result) {
  return destination.still_held(plain_layers_of(result));
}

}  // namespace imgcrypt

#include "image/leftovers.hpp"

namespace imgcrypt {

std::set<Digest> find_leftovers(SharedStore& store, const EncryptResult& result) {
  std::set<Digest> found;
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain && store.has_blob(*layer.plain)) found.insert(*layer.plain);
  }
  for (const Digest& layer : result.plain_left_out) {
    if (store.has_blob(layer)) found.insert(layer);
  }
  // The ciphertext of an empty layer is the same empty blob, which the encrypted image itself needs.
  for (const LayerOutcome& layer : result.layers) {
    if (layer.layer.size == 0) found.erase(layer.layer.digest);
  }
  return found;
}

}  // namespace imgcrypt

#include "image/change/layer_keys.hpp"

#include "base/parallel.hpp"
#include "base/work_time.hpp"
#include "layer/unwrap_private_options.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <optional>

namespace imgcrypt {
namespace {

struct EncryptedLayer {
  LayerId id;
  const Descriptor* descriptor;  // in the tree
  std::string place;             // where it occurs first
  SharedLayerKeys keys = nullptr;
  std::optional<Error> why = std::nullopt;  // there are none
  std::string trial = {};                   // which key opened it, and why others did not
};

std::vector<EncryptedLayer> encrypted_layers(const ImageNode& tree, const std::set<LayerId>& chosen) {
  std::vector<EncryptedLayer> layers;
  std::set<LayerId> seen;
  for_each_layer(tree, [&](const std::string& place, const Descriptor& layer) {
    if (!is_encrypted(layer.media_type)) return;
    LayerId id = layer_id(layer);
    if (chosen.contains(id) && seen.insert(id).second) layers.push_back({std::move(id), &layer, place});
  });
  return layers;
}

SharedLayerKeys open(const Descriptor& layer, const KeyUnwrappers& unwrappers, std::string& trial) {
  const WorkTimer timer(Work::kKeys);
  // Before the keys are tried: without a well-formed HMAC no key is of use, and nobody should be asked for a
  // passphrase in vain.
  PublicOptions public_options = public_options_of(layer.annotations);
  return std::make_shared<const LayerKeys>(
      LayerKeys{unwrap_private_options(layer.annotations, unwrappers, {},
                                       [&](const std::string& text) { trial = text; }),
                std::move(public_options)});
}

// Anything else would happen again with every layer, such as a key provider that does not answer, and ends
// the trial.
bool is_of_the_layer(const Error& error) {
  return error.code() == ErrorCode::kNoKey || error.code() == ErrorCode::kIntegrity ||
         error.code() == ErrorCode::kRefused;
}

// The keys of another description of the same ciphertext. Digest and HMAC must agree, so the keys do open it;
// a builder that copied a layer into a second manifest may have dropped the packets there.
class Twins {
 public:
  explicit Twins(const std::vector<EncryptedLayer>& layers) {
    for (const EncryptedLayer& layer : layers) {
      if (layer.keys) keys_.try_emplace({layer.id.digest, layer.keys->public_options.hmac}, layer.keys);
    }
  }

  [[nodiscard]] SharedLayerKeys keys_of(const Descriptor& layer) const {
    try {
      const auto found = keys_.find({layer.digest, public_options_of(layer.annotations).hmac});
      return found == keys_.end() ? nullptr : found->second;
    } catch (const Error&) {
      return nullptr;  // it has no public options that could be read, which is why it is locked
    }
  }

 private:
  std::map<std::pair<Digest, Bytes>, SharedLayerKeys> keys_;
};

}  // namespace

SharedLayerKeys UnwrappedKeys::find(const Descriptor& layer) const {
  if (!is_encrypted(layer.media_type)) return nullptr;
  const auto found = keys.find(layer_id(layer));
  return found == keys.end() ? nullptr : found->second;
}

const LockedLayer* UnwrappedKeys::find_locked(const Descriptor& layer) const {
  if (places.empty()) return nullptr;
  const auto found = places.find(layer_id(layer));
  return found == places.end() ? nullptr : &locked[found->second];
}

UnwrappedKeys unwrap_layer_keys(const ImageNode& tree, const std::set<LayerId>& chosen,
                                const KeyUnwrappers& unwrappers, unsigned jobs, Reporter& reporter) {
  const StageTimer timer(reporter.progress(), "trying keys");
  std::vector<EncryptedLayer> layers = encrypted_layers(tree, chosen);
  StopFlag stop;
  run_parallel(layers.size(), jobs, stop, [&](std::size_t i) {
    EncryptedLayer& layer = layers[i];
    try {
      layer.keys = open(*layer.descriptor, unwrappers, layer.trial);
    } catch (const Error& error) {
      if (!is_of_the_layer(error)) throw error.in(layer.place);
      layer.why = error;
    }
  });
  UnwrappedKeys result;
  // Afterwards, not in the tasks: only now have all of them been tried, so that any may be another's twin.
  const Twins twins(layers);
  for (const EncryptedLayer& layer : layers) {
    const SharedLayerKeys keys = layer.keys ? layer.keys : twins.keys_of(*layer.descriptor);
    // Here and not in the tasks, so that the lines are in the image's order.
    reporter.detail(layer.place + ": " +
                    (layer.keys ? layer.trial
                     : keys     ? "opened by the keys of the same blob elsewhere in the image"
                                : layer.why->message()));
    if (keys) {
      result.keys.emplace(layer.id, keys);
    } else {
      result.places.emplace(layer.id, result.locked.size());
      result.locked.push_back({layer.id, layer.place, *layer.why});
    }
  }
  return result;
}

Error encrypted_twice(const std::string& media_type) {
  return {ErrorCode::kRefused, "its type says twice that it is encrypted: " + media_type,
          "somebody has changed the image: fetch it again from where it was encrypted"};
}

void check_annotations(const ImageNode& tree) {
  for_each_layer(tree, [](const std::string& place, const Descriptor& layer) {
    if (is_encrypted_twice(layer.media_type)) throw encrypted_twice(layer.media_type).in(place);
    if (is_encrypted(layer.media_type) || !has_encryption_annotations(layer.annotations)) return;
    throw Error(ErrorCode::kIntegrity,
                place + ": a layer of type " + layer.media_type + " has encryption annotations");
  });
}

}  // namespace imgcrypt

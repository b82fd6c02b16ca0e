#include "image/change/layer_keys.hpp"

#include "base/parallel.hpp"
#include "base/work_time.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace imgcrypt {
namespace {

// A blob, and everything that describes it.
struct EncryptedBlob {
  Digest digest;
  std::string place;  // where it occurs first
  std::vector<const Descriptor*> descriptors;
};

std::vector<EncryptedBlob> encrypted_blobs(const ImageNode& tree, const std::set<Digest>& chosen) {
  std::vector<EncryptedBlob> blobs;
  std::map<Digest, std::size_t> positions;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (!is_encrypted(layer.media_type) || !chosen.contains(layer.digest)) continue;
      const auto [at, is_new] = positions.emplace(layer.digest, blobs.size());
      if (is_new) blobs.push_back({layer.digest, layer_place(node, i), {}});
      std::vector<const Descriptor*>& descriptors = blobs[at->second].descriptors;
      const bool is_known = std::ranges::any_of(
          descriptors, [&](const Descriptor* other) { return other->annotations == layer.annotations; });
      if (!is_known) descriptors.push_back(&layer);
    }
  });
  return blobs;
}

LayerKeys open(const Descriptor& layer, const KeyUnwrappers& unwrappers) {
  const WorkTimer timer(Work::kKeys);
  PublicOptions public_options = public_options_of(layer.annotations);
  return {unwrap_private_options(layer.annotations, unwrappers), std::move(public_options)};
}

// Why the first of its descriptors did not do is what is told when none did.
std::optional<LayerKeys> open_any(const EncryptedBlob& blob, const KeyUnwrappers& unwrappers,
                                  std::optional<Error>& why) {
  for (const Descriptor* descriptor : blob.descriptors) {
    try {
      return open(*descriptor, unwrappers);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      if (!why) why = error;
    }
  }
  return std::nullopt;
}

// Else it would be met again at every layer: a key provider that does not answer, say.
bool is_of_the_layer(const Error& error) {
  return error.code() == ErrorCode::kNoKey || error.code() == ErrorCode::kIntegrity ||
         error.code() == ErrorCode::kRefused;
}

}  // namespace

UnwrappedKeys unwrap_layer_keys(const ImageNode& tree, const std::set<Digest>& chosen,
                                const KeyUnwrappers& unwrappers, unsigned jobs, Progress& progress) {
  const StageTimer timer(progress, "try the keys");
  const std::vector<EncryptedBlob> blobs = encrypted_blobs(tree, chosen);
  UnwrappedKeys result;
  std::vector<std::optional<Error>> locked(blobs.size());
  std::mutex mutex;
  StopFlag stop;
  run_parallel(blobs.size(), jobs, stop, [&](std::size_t i) {
    std::optional<Error> why;
    auto keys = open_any(blobs[i], unwrappers, why);
    if (!keys && !is_of_the_layer(*why)) throw why->in(blobs[i].place);
    const std::scoped_lock lock(mutex);
    if (keys) {
      result.keys.emplace(blobs[i].digest, std::move(*keys));
    } else {
      locked[i] = why;
    }
  });
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    if (locked[i]) result.locked.push_back({blobs[i].digest, blobs[i].place, *locked[i]});
  }
  return result;
}

void check_annotations(const ImageNode& tree) {
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (is_encrypted(layer.media_type) || !has_encryption_annotations(layer.annotations)) continue;
      throw Error(
          ErrorCode::kIntegrity,
          layer_place(node, i) + ": annotations of encryption on a layer of type " + layer.media_type);
    }
  });
}

}  // namespace imgcrypt

#include "image/base_contents.hpp"

#include "base/parallel.hpp"
#include "base/stream/chunk_pool.hpp"
#include "base/stream/stoppable_source.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/file_system.hpp"
#include "oci/media_types.hpp"

#include <vector>

namespace imgcrypt {
namespace {

// What `read` makes of the blob, of which it reads all.
template <typename Read>
auto read_whole(ImageSource& source, const Descriptor& layer, const std::string& place, const StopFlag& stop,
                Progress& progress, Read read) {
  return try_network(stop, [&] {
    ChunkPool pool(Hands::kOne);
    const auto blob = source.open(layer, pool);
    MovingBlob moving(progress, place, layer.size);
    StoppableSource stoppable(*blob, stop);
    CountingSource counted(stoppable, moving);
    auto found = read(counted);
    moving.finish();
    return found;
  });
}

// To its verified end.
Digest read_blob(ImageSource& source, const Descriptor& layer, const std::string& place, const StopFlag& stop,
                 Progress& progress) {
  return read_whole(source, layer, place, stop, progress, [&](Source& content) {
    while (content.next()) continue;
    return layer.digest;
  });
}

}  // namespace

DiffId read_diff_id(ImageSource& source, const Descriptor& layer, const std::string& place,
                    HashAlgorithm algorithm, const StopFlag& stop, Progress& progress) {
  return read_whole(source, layer, place, stop, progress,
                    [&](Source& content) { return diff_id_of(content, algorithm); });
}

// Nothing else tells the user that it is not the image itself that is at fault.
BaseContents::BaseContents(ImageSource& source) try : source_(source) {
  Configs configs(source);
  for_each_manifest(load_tree(source), [&](const ImageNode& node, const Manifest& manifest) {
    const auto diff_ids = diff_ids_of(configs, node, manifest);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      // What the base hides must not be laid open here.
      if (!is_image_layer(layer) || is_encrypted(layer.media_type)) continue;
      const Layer named{layer, "the base's " + layer_place(node, i)};
      named_[layer.digest].try_emplace(layer.digest, named);
      if (!diff_ids.empty() && diff_ids[i]) named_[*diff_ids[i]].try_emplace(layer.digest, named);
    }
  });
} catch (const Error& error) {
  throw error.in("the base");
}

void BaseContents::prove(Proof& proof, const StopFlag& stop, Progress& progress) try {
  const Descriptor& layer = proof.layer->descriptor;
  // The blob itself is read, too: anybody can name a digest, and put a file of that size there.
  const Digest found =
      proof.digest == layer.digest
          ? read_blob(source_, layer, proof.layer->place, stop, progress)
          : read_diff_id(source_, layer, proof.layer->place, proof.digest.algorithm(), stop, progress).digest;
  if (found != proof.digest) proof.failure = "its content differs";
} catch (const Error& error) {
  proof.is_elsewhere = is_elsewhere(proof.layer->descriptor, error);
  if (!proof.is_elsewhere && error.code() != ErrorCode::kIntegrity && error.code() != ErrorCode::kRefused)
    throw error.in(proof.layer->place);
  proof.failure = error.message();
}

std::set<Digest> BaseContents::shown(const std::set<Digest>& wanted, unsigned jobs, Reporter& reporter) {
  std::vector<Proof> proofs;
  for (const Digest& digest : wanted) {
    const auto named = named_.find(digest);
    if (named == named_.end()) continue;
    for (const auto& [blob, layer] : named->second) {
      proofs.push_back({digest, &layer, {}});
      reporter.progress().plan(1, layer.descriptor.size);
    }
  }
  StopFlag stop = false;
  run_parallel(proofs.size(), jobs, stop,
               [&](std::size_t i) { prove(proofs[i], stop, reporter.progress()); });

  std::set<Digest> shown;
  std::vector<std::string> untrue;
  std::vector<std::string> elsewhere;
  for (const Proof& proof : proofs) {
    if (proof.failure.empty()) {
      shown.insert(proof.digest);
    } else if (proof.is_elsewhere) {
      elsewhere.push_back(proof.layer->place +
                          " is to be fetched from its urls and not there: nothing stays plain for it");
    } else {
      untrue.push_back(proof.layer->place + " is not what the base says: " + proof.failure +
                       ": nothing stays plain for it");
    }
  }
  reporter.say_of_all(
      Importance::kNote, elsewhere,
      "layers of the base are to be fetched from their urls and not there: nothing stays plain "
      "for them");
  reporter.say_of_all(Importance::kWarning, untrue,
                      "layers of the base are not what it says: nothing stays plain for them");
  return shown;
}

}  // namespace imgcrypt

#include "image/change/layer_check.hpp"

#include "base/stream/peeked_source.hpp"
#include "base/stream/stoppable_source.hpp"
#include "image/tree/file_system.hpp"
#include "image/tree/network_tries.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/diff_id.hpp"
#include "layer/inflate/inflating_source.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

std::optional<LayerContent> read_plaintext(Source& layer, const LayerToCheck& check,
                                           std::string_view media_type, ContentNotes& notes) {
  std::optional<LayerContent> content;
  PeekedSource plaintext(layer, kMagicBytes);
  const Compression compression = detect_compression(plaintext.head());
  if (check.diff_ids.empty()) {
    drain(plaintext);
  } else {
    // If several configs name it by different algorithms, all but the one that is chosen here are refused.
    const HashAlgorithm algorithm = check.diff_ids.begin()->first.algorithm();
    // Decompressed in a thread beside the hashes of the blob; without a thread to be had, after reading.
    DiffIdSource measured(plaintext, algorithm);
    if (measured.has_thread()) drain(measured);
    const DiffId found = measured.has_thread() ? measured.diff_id() : diff_id_of(plaintext, algorithm);
    notes.add_trailing_bytes(check.place, found);
    content = {found.digest, foreign_compression(plaintext.head())};
  }
  notes.add_compression(check.place, media_type, compression);
  return content;
}

// A blob of a type that is not a layer's may be counted as it is stored, compressed or not: then the store
// has compared all there is.
bool is_counted_as_stored(const LayerToCheck& check) {
  return !is_plain_layer(check.layer.media_type) && check.diff_ids.size() == 1 &&
         check.diff_ids.contains(check.layer.digest);
}

std::optional<LayerContent> read_layer(ImageSource& source, const LayerToCheck& check, Hands hands,
                                       const StopFlag& stop, ContentNotes& notes, Progress& progress) {
  const std::string& media_type = check.layer.media_type;
  // Decompressing already takes a second thread, and a plain layer has one hash beside it; with keys there
  // are the HMAC and the digest.
  ChunkPool pool(check.keys != nullptr ? hands : Hands::kOne);
  const auto blob = source.open(check.layer, pool);
  MovingBlob moving(progress, check.place, check.layer.size);
  StoppableSource stoppable(*blob, stop);
  CountingSource stored(stoppable, moving);
  std::optional<LayerContent> content;
  if (check.keys != nullptr) {
    DecryptingSource plaintext(stored, check.keys->options,
                               layer_hmac(check.keys->options, check.keys->public_options));
    content = read_plaintext(plaintext, check, decrypted_type(media_type), notes);
  } else if (!is_encrypted(media_type) && !is_counted_as_stored(check)) {
    content = read_plaintext(stored, check, media_type, notes);
  } else {
    drain(stored);
  }
  moving.finish();
  return content;
}

}  // namespace

std::optional<LayerContent> read_layer_content(ImageSource& source, const LayerToCheck& check, Hands hands,
                                               const StopFlag& stop, ContentNotes& notes,
                                               Progress& progress) {
  return try_network(stop, [&] { return read_layer(source, check, hands, stop, notes, progress); });
}

void check_layers(ImageSource& source, const std::vector<LayerToCheck>& layers, unsigned jobs,
                  ContentNotes& notes, Progress& progress) {
  if (layers.empty()) return;
  for (const LayerToCheck& layer : layers) progress.plan(1, layer.layer.size);
  const StageTimer timer(progress, "checking plain layers");
  StopFlag stop = false;
  run_parallel(layers.size(), jobs, stop, [&](std::size_t i) {
    const LayerToCheck& layer = layers[i];
    try {
      const auto content = read_layer_content(source, layer, Hands::kOne, stop, notes, progress);
      if (content) check_diff_ids(layer.diff_ids, layer.place, *content);
    } catch (const Error& error) {
      if (!is_elsewhere(layer.layer, error)) throw error.in(layer.place);
    }
  });
}

}  // namespace imgcrypt

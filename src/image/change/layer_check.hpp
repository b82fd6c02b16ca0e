// Reads layers to their end to see that they are what their image says. For `check --full`, and for the plain
// layers of an image that is decrypted.
#pragma once

#include "base/parallel.hpp"
#include "base/stream/chunk_pool.hpp"
#include "image/change/content_notes.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "image/tree/diff_ids.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// One blob to read, and everything that is known about it. Layers with one LayerId share an entry.
struct LayerToCheck {
  Descriptor layer;
  std::string place;         // where it occurs first
  SharedLayerKeys keys;      // null for layers that are not encrypted, or that no key opens
  ExpectedDiffIds diff_ids;  // of all its manifests; empty: nothing is known, and nothing is measured
};

// Checks size and digest; the HMAC if there are keys. Returns what the layer holds, which the caller compares
// with the diff_ids; nullopt without them, or for what no key opens. `notes` get what it noticed, and
// `progress` the bytes. `hands` hash what is encrypted; what is plain always has one, since the other core
// decompresses. Throws kIntegrity and kNotFound without the place, and what the source throws; kCancelled
// soon after `stop` is set. `stop` must outlive the call; it is looked at for each chunk. Reads the blob
// once, again when the network fails (network_tries.hpp), and keeps nothing of it.
[[nodiscard]] std::optional<LayerContent> read_layer_content(ImageSource& source, const LayerToCheck& check,
                                                             Hands hands, const StopFlag& stop,
                                                             ContentNotes& notes, Progress& progress);

// The same for all of them, at most `jobs` at the same time, and compares what they hold. A foreign one may
// be missing. Throws the first failure, with its place; the others are stopped. Plans its blobs and counts
// its time as a stage in `progress`.
void check_layers(ImageSource& source, const std::vector<LayerToCheck>& layers, unsigned jobs,
                  ContentNotes& notes, Progress& progress);

}  // namespace imgcrypt

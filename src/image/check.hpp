// Checks that an image is complete and, given keys, that they open every layer. Writes nothing. Unlike the
// other use cases it goes on after a problem and gathers them all.
#pragma once

#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/key_wrapper.hpp"
#include "transport/image_store.hpp"

#include <imgcrypt/error.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// How much is read. Either way all documents are read and verified, and image configs as well.
enum class CheckDepth {
  kKeys,     // everything is there and has its size; keys open the layers
  kContent,  // every chosen blob is read: digest, HMAC if a key opens it, diff_id if it can be read and has
             // one
};

// What check_image() is told. Platforms and layers that are not selected are not checked at all.
struct CheckOptions {
  Selection selection = {};
  const KeyUnwrappers* unwrappers = nullptr;  // must outlive the call; null: keys are not checked
  CheckDepth depth = CheckDepth::kKeys;
  unsigned jobs = 1;  // at least 1
};

// What a layer is, as far as the given keys tell.
enum class LayerState {
  kOpens,      // encrypted, a key opens it, and nothing was found wrong with it
  kLocked,     // encrypted, and no key opens it
  kEncrypted,  // encrypted: no keys were given, or its problem comes first
  kPlain,      // part of the file system, and everyone can read it
  kNotALayer,  // not part of the file system
};

// "encrypted, a key opens it", "not encrypted": for people.
[[nodiscard]] std::string description(LayerState state);

// One entry for each place where a layer occurs, even though its blob is checked once. A layer that an index
// lists itself has one as well.
struct CheckedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;
  LayerState state;
  std::optional<Error> problem;  // without the place; of several, damage or absence before a missing key
  bool is_listed_by_index = false;
};

// Layers of the file system.
struct LayerCounts {
  std::size_t encrypted = 0;
  std::size_t plain = 0;
};

// Everything that was found. No problems means that the chosen parts are complete, as far as the depth goes.
struct CheckResult {
  std::vector<CheckedLayer> layers;  // those chosen, of every manifest, in order
  // The others of the chosen platforms: only what their types say of them is known.
  std::vector<CheckedLayer> passed_over;
  // Of documents, configs, keys and blobs that are not layers; each names its place.
  std::vector<Error> other_problems;
  std::vector<std::string> left_out;  // platforms that were not chosen
  bool has_tried_keys = false;

  // Calls `visit` with every problem, those of layers too; each names its place.
  void for_each_problem(const std::function<void(const Error&)>& visit) const;

  // Of the chosen layers.
  [[nodiscard]] std::size_t count(LayerState state) const;
  [[nodiscard]] std::size_t encrypted() const;  // layers, whether they open or not

  // How much of the chosen platforms is encrypted, layers that were not chosen included.
  [[nodiscard]] LayerCounts counts() const;
};

// Problems of layers and configs, missing children of an index, and failures of key providers are in the
// result. Throws when the documents cannot be read at all (as load_tree), as choose_platforms and
// choose_layers for a selection that does not fit the image, and kCancelled. With kKeys no layer is read,
// only looked for. `unwrappers` are used by several threads.
[[nodiscard]] CheckResult check_image(ImageSource& source, const CheckOptions& options, Reporter& reporter);

// The problem whose code is to be the exit status: something missing before damage, a failed key provider, a
// layer that no key opens, and others. nullopt when there is none.
[[nodiscard]] std::optional<Error> worst_problem(const CheckResult& result);

// Throws kRefused, naming layers, when one of the file system is not encrypted, or when none is encrypted.
// All layers of the chosen platforms count, whichever were chosen: one in the clear gives the image away.
void require_encrypted(const CheckResult& result);

}  // namespace imgcrypt

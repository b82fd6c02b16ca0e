// Checks that an image is whole and, given keys, that they open every layer. Writes nothing.
#pragma once

#include "image/reporter.hpp"
#include "image/tree/selection.hpp"
#include "keywrap/key_wrapper.hpp"
#include "transport/image_store.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class CheckDepth {
  kKeys,     // blobs are there and have their size; keys open the layers
  kContent,  // every blob is read: digests, HMACs of layers whose keys are known, diff_ids
};

struct CheckOptions {
  Selection selection = {};
  const KeyUnwrappers* unwrappers = nullptr;  // none: which keys open it is not checked
  CheckDepth depth = CheckDepth::kKeys;
  unsigned jobs = 1;
};

enum class LayerState {
  kOpens,      // encrypted, and a key opens it
  kLocked,     // encrypted, and none does
  kEncrypted,  // no keys were given
  kPlain,      // readable by everyone, though it could have been encrypted
  kNotALayer,  // of a type that is not encrypted, or to be fetched from its urls
};

// "opens", "not encrypted".
[[nodiscard]] std::string description(LayerState state);

struct CheckedLayer {
  std::string place;  // "layer 3 of linux/arm64"
  Descriptor layer;
  LayerState state;
  std::optional<Error> problem;
};

struct CheckResult {
  std::vector<CheckedLayer> layers;   // those chosen, of every manifest, in order
  std::vector<Error> problems;        // those of layers, too; each names its place
  std::vector<std::string> left_out;  // platforms that were not chosen

  [[nodiscard]] std::size_t count(LayerState state) const;
  [[nodiscard]] std::size_t encrypted() const;  // layers, whether they open or not
};

// Problems of the content, and of key providers, are in the result. Throws when the image cannot be looked
// into at all, and kUsage for a selection that does not fit it.
[[nodiscard]] CheckResult check_image(ImageSource& source, const CheckOptions& options, Reporter& reporter);

// The problem that matters most: something missing, then damage, then a failed key provider, then a layer
// that no key opens.
[[nodiscard]] std::optional<Error> worst_problem(const CheckResult& result);

// Throws kRefused when a layer could have been encrypted and is not, or none is encrypted.
void require_encrypted(const CheckResult& result);

}  // namespace imgcrypt

// What an image's configs say its layers hold, and whether they do.
#pragma once

#include "image/tree/configs.hpp"
#include "image/tree/tree.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// The diff_id of each layer of a manifest, nullopt for what the config does not count; empty when the
// manifest is not an image's. Nothing else pairs layers with diff_ids. Throws kIntegrity when there are not
// as many as layers (or, where other blobs are among them, as layers of a root file system), and as
// Configs::of.
[[nodiscard]] std::vector<std::optional<Digest>> diff_ids_of(Configs& configs, const ImageNode& node,
                                                             const Manifest& manifest);

// Throws kIntegrity when a layer with the diff_id `found` is not the one that all of `expected` mean.
void check_diff_id(const std::set<Digest>& expected, const Digest& found);

// What to say of a layer in the clear whose first bytes do not fit its media type.
[[nodiscard]] std::optional<std::string> compression_note(std::string_view media_type, Compression found);

}  // namespace imgcrypt

// What an image's configs say its layers hold, and whether they do.
#pragma once

#include "image/tree.hpp"
#include "layer/inflating_source.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// Of the layers of a manifest, in their order; none when it is not an image's. Throws kIntegrity when there
// are not as many as layers, and as read_image_config.
[[nodiscard]] std::vector<Digest> diff_ids_of(ImageSource& source, const ImageNode& node,
                                              const Manifest& manifest);

// Throws kIntegrity when a layer with the diff_id `found` is not the one that all of `expected` mean.
void check_diff_id(const std::set<Digest>& expected, const Digest& found);

// What to say of a layer in the clear whose first bytes do not fit its media type.
[[nodiscard]] std::optional<std::string> compression_note(std::string_view media_type, Compression found);

}  // namespace imgcrypt

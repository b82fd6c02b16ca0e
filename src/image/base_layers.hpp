// Which layers of an image are those of its base, for encrypt --skip-base: they stay plain, so that nothing
// but their content may decide.
#pragma once

#include "image/reporter.hpp"
#include "image/tree/configs.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"

#include <set>

namespace imgcrypt {

// The plain layers of `tree` whose blob is one of the base's, or whose content is: a builder or registry may
// have compressed a base layer anew, so that its blob has another digest. What the configs of both say only
// chooses the layers that are read and decompressed to compare them, `jobs` at the same time. One that turns
// out to hold something else, or bytes after its compressed data, is not the base's: a warning names it.
// `configs` is of `source`, which holds `tree`. Throws as BaseContents for the base, as diff_ids_of for the
// image, and what reading its layers throws apart from kIntegrity and kRefused.
[[nodiscard]] std::set<LayerId> layers_of_base(ImageSource& base, const ImageNode& tree, ImageSource& source,
                                               Configs& configs, unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt

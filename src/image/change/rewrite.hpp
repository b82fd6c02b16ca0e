// An image written as its plan says: the blobs, then the documents above them from the leaves up, then the
// commit.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"

#include <optional>

namespace imgcrypt {

struct Rewritten {
  Descriptor root;
  std::optional<Digest> replaced;  // another image that had the destination's name before
};

// On return the image is at the destination, under its name; after an exception nothing is visible there (but
// see ImageDestination::commit). Layers that the plan wants checked are checked
// before a blob is moved. A document in which nothing changes keeps its bytes. Throws what the plan's
// changes and the stores throw, with the place, and kRefused when a new document would be larger than readers
// accept. `jobs` is at least 1. Configs that `configs` has read are not requested again; it may be empty.
// Throws kCancelled after a signal.
Rewritten rewrite_image(ImageSource& source, const ImagePlan& plan, const Configs& configs,
                        ImageDestination& destination, unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt

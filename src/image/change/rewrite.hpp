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

// Says which parts of an index stay as they are: what the source lacks, and what is not an image.
void note_untouched(const ImageNode& tree, Reporter& reporter);

void note_replaced(const Rewritten& rewritten, Reporter& reporter);

// Nothing is visible at the destination when it throws; on return the image is there, under its name. A
// document in which nothing changes keeps its bytes. Throws what the plan's changes and the stores throw;
// kRefused when a new document would be larger than readers take.
Rewritten rewrite_image(ImageSource& source, const ImagePlan& plan, const Configs& configs,
                        ImageDestination& destination, unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt

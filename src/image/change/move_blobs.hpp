// The blobs of an image on their way to the destination, several at the same time: those that change as the
// plan says, all others as they are. The middle of rewrite_image().
#pragma once

#include "image/change/image_plan.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"

#include <map>

namespace imgcrypt {

// Moves each blob once, however often it occurs, at most `jobs` (one or more) at the same time, and returns
// the edits of the layers that changed. A blob that was lost on the network is begun anew, three times in
// all. Configs that `configs` has read are not read again. A blob may be missing if all that name it say that
// it is a foreign layer (is_foreign), or if it is an entry of an index that is not an image, of which it
// warns. Throws the first failure, with its place, when the other blobs have stopped.
[[nodiscard]] std::map<LayerId, DescriptorEdit> move_blobs(ImageSource& source, const ImagePlan& plan,
                                                           const Configs& configs,
                                                           ImageDestination& destination, unsigned jobs,
                                                           Reporter& reporter);

}  // namespace imgcrypt

// The blobs of an image on their way to the destination, side by side: those that change as the plan says,
// all others as they are.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/progress.hpp"
#include "image/tree/configs.hpp"

#include <map>

namespace imgcrypt {

// Moves each blob once, however often it occurs, at most `jobs` at once, and returns the edits of the layers
// that changed. A blob that was lost on the network is begun anew, kTries times in all. `configs` has the
// configs that were read already. Throws the first failure, with its place.
[[nodiscard]] std::map<LayerId, DescriptorEdit> move_blobs(ImageSource& source, const ImagePlan& plan,
                                                           const Configs& configs,
                                                           ImageDestination& destination, unsigned jobs,
                                                           Progress& progress);

}  // namespace imgcrypt

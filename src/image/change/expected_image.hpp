// What a plan is going to put, for stores that must know before a byte moves.
#pragma once

#include "image/change/image_plan.hpp"

namespace imgcrypt {

// Blobs in the order in which move_blobs() begins them, each once.
[[nodiscard]] ExpectedImage expected_image(const ImagePlan& plan);

}  // namespace imgcrypt

// Whether a use case only says what it would do: it reads the source's documents and unwraps its keys, but
// reads no layer and writes nothing.
#pragma once

#include "image/change/image_plan.hpp"

namespace imgcrypt {

enum class DryRun { kNo, kYes };

// Throws what would keep the plan from being carried out, as far as that can be known without reading blobs:
// the source has those that would be read, with their sizes. Blobs that do not change may be in the
// destination instead, or, if they are foreign layers, elsewhere. Throws as ImageDestination::check
// and ImageSource::check_presence, the last with the blob's place.
void check_feasible(ImageSource& source, ImageDestination& destination, const ImagePlan& plan);

}  // namespace imgcrypt

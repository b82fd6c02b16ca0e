// Whether a verb only says what it would do: it reads the source's documents and opens its keys, but writes
// nothing.
#pragma once

#include "image/change/image_plan.hpp"

namespace imgcrypt {

enum class DryRun { kNo, kYes };

// Whether the plan could be carried out: the source has the blobs that would be read, in their sizes; what
// they hold is not read. Blobs that do not change may be in the destination. Throws as ImagePlan::check,
// ImageDestination::check and ImageSource::check_presence.
void check_feasible(ImageSource& source, ImageDestination& destination, const ImagePlan& plan);

}  // namespace imgcrypt

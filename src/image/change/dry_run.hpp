// Whether a use case only says what it would do: it reads the source's documents and unwraps its keys, but
// reads no layer and writes nothing.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/reporter.hpp"

#include <set>

namespace imgcrypt {

enum class DryRun { kNo, kYes };

// Throws what would keep the plan from being carried out, as far as that can be known without reading blobs:
// the source has those that would be read, with their sizes. Blobs that do not change may be in the
// destination instead, or, if they are foreign layers, elsewhere. Throws as ImageDestination::check
// and ImageSource::check_presence, the last with the blob's place. Warns of what else an index lists and the
// source lacks. Returns the blobs and documents that the result would name just as the source does.
[[nodiscard]] std::set<Digest> check_feasible(ImageSource& source, ImageDestination& destination,
                                              const ImagePlan& plan, Reporter& reporter);

}  // namespace imgcrypt

// What `encrypt` says of plain layers that the destination's store still holds: encrypting is no use if
// anyone can read them beside the image, so the user is always told, in one warning whatever their number; -v
// lists them. Both functions add `plainLayersPruned` and `plainLayersLeft` to the result. `store` is null if
// the images of the destination share no blobs. Both throw what the store throws.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/options/prune_option.hpp"
#include "cli/terminal/output.hpp"
#include "image/encrypt.hpp"

#include <set>

namespace imgcrypt::cli {

// After the image was written; `removed` is what pruning has removed.
void report_leftovers(SharedStore* store, const EncryptResult& result, const PruneOption& prune,
                      const std::set<Digest>& removed, Output& output, JsonObject& json);
// After a dry run: what would be left; `going` is what pruning would remove.
void foresee_leftovers(SharedStore* store, const EncryptResult& result, const PruneOption& prune,
                       const std::set<Digest>& going, Output& output, JsonObject& json);

}  // namespace imgcrypt::cli

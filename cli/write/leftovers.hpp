// What `encrypt` says of plain layers that the destination's store still holds: encrypting is no use if
// anyone can read them beside the image, so the user is always told, in one warning whatever their number; -v
// lists them.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/terminal/output.hpp"
#include "cli/write/former_image.hpp"
#include "cli/write/write_arguments.hpp"
#include "image/encrypt.hpp"

namespace imgcrypt::cli {

// Call when the former image is settled, also after a dry run. Adds the members `plainLayersPruned`
// and `plainLayersLeft` to `json`. When the store cannot be read, that is a warning, and with --prune the
// failure of `former` as well; after a dry run it is thrown.
void settle_leftovers(const EncryptResult& result, const OpenedSides& image, const PruneOption& prune,
                      FormerOutcome& former, Output& output, JsonObject& json);

}  // namespace imgcrypt::cli

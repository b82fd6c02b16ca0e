// Whether a verb only says what it would do: it reads the source's documents and opens its keys, but writes
// nothing.
#pragma once

#include "image/tree/tree.hpp"

namespace imgcrypt {

class LayerChange;

enum class DryRun { kNo, kYes };

// For a dry run: that the source has the blobs which would be read, in their sizes; what they hold is not
// read. Blobs that do not change may be in the destination. Throws as ImageSource::check_presence.
void check_presence(ImageSource& source, ImageDestination& destination, const ImageNode& tree,
                    const LayerChange& change);

}  // namespace imgcrypt

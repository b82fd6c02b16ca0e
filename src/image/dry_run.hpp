// Whether a verb only says what it would do: it reads the source's documents and opens its keys, but writes
// nothing.
#pragma once

#include "image/tree.hpp"

namespace imgcrypt {

enum class DryRun { kNo, kYes };

// For a dry run: that the blobs which would be read are there, in their sizes; what they hold is not read.
// Throws as ImageSource::check_presence.
void check_presence(ImageSource& source, const ImageNode& tree);

}  // namespace imgcrypt

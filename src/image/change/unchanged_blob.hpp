// A blob that the destination is to have as it is.
#pragma once

#include "transport/image_store.hpp"

namespace imgcrypt {

// Adopts it, finds it there, or puts it. Returns whether `content` was read, to its end then.
bool put_unchanged(const Descriptor& blob, Source& content, ImageDestination& destination);

}  // namespace imgcrypt

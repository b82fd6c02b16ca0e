// A blob that is to be at the destination as it is: copied only if nothing cheaper works.
#pragma once

#include "transport/image_store.hpp"

namespace imgcrypt {

// Adopts it, finds it there, or else puts it, in this order: adopting reads nothing, finding may read the
// destination's copy. Returns whether `content` was read; if so, to its verified end. Throws what the
// destination and `content` throw.
bool put_unchanged(const Descriptor& blob, Source& content, BlobDestination& destination,
                   BlobKind kind = BlobKind::kPlain);

}  // namespace imgcrypt

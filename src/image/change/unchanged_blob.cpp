#include "image/change/unchanged_blob.hpp"

namespace imgcrypt {

bool put_unchanged(const Descriptor& blob, Source& content, BlobDestination& destination, BlobKind kind) {
  if (destination.adopt(blob) || destination.has(blob)) return false;
  destination.put_blob(
      {.media_type = blob.media_type, .size = blob.size, .digest = blob.digest, .kind = kind}, content);
  return true;
}

}  // namespace imgcrypt

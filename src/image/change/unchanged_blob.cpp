#include "image/change/unchanged_blob.hpp"

namespace imgcrypt {

bool put_unchanged(const Descriptor& blob, Source& content, ImageDestination& destination) {
  if (destination.adopt(blob) || destination.has(blob)) return false;
  destination.put_blob({blob.media_type, blob.size, blob.digest}, content);
  return true;
}

}  // namespace imgcrypt

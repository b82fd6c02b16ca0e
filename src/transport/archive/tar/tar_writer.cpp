#include "transport/archive/tar/tar_writer.hpp"

namespace imgcrypt {

HashAlgorithm algorithm_of(const BlobInfo& info) {
  return info.digest ? info.digest->algorithm() : info.algorithm;
}

bool is_same_blob(const BlobInfo& planned, const BlobInfo& info) {
  return planned.digest == info.digest && planned.made_from == info.made_from && planned.size == info.size &&
         planned.media_type == info.media_type && algorithm_of(planned) == algorithm_of(info);
}

}  // namespace imgcrypt

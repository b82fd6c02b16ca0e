#include "image/tree/read_document.hpp"

#include "oci/manifest.hpp"

namespace imgcrypt {

Bytes read_document(ImageSource& source, const Descriptor& document, const std::string& name) {
  // By the descriptor's word: open() gives no more than that.
  if (document.size > kMostDocumentBytes) throw Error(ErrorCode::kRefused, name + " is larger than 4 MiB");
  ChunkPool pool;
  return read_all(*source.open(document, pool), kMostDocumentBytes, name);
}

}  // namespace imgcrypt

#include "image/tree/read_document.hpp"

#include "image/tree/network_tries.hpp"
#include "oci/manifest.hpp"

namespace imgcrypt {

Bytes read_document(ImageSource& source, const Descriptor& document, const std::string& name) {
  // By the descriptor's word: open() gives no more than that.
  if (document.size > kMostDocumentBytes) throw Error(ErrorCode::kRefused, name + " is larger than 4 MiB");
  const StopFlag never = false;
  ChunkPool pool;
  Bytes bytes;
  try_network(never, [&] { bytes = read_all(*source.open(document, pool), kMostDocumentBytes, name); });
  return bytes;
}

}  // namespace imgcrypt

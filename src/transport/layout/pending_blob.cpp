#include "transport/layout/pending_blob.hpp"

#include "transport/files/hashing_sink.hpp"

namespace imgcrypt {

Digest PendingBlob::write(Source& content, HashAlgorithm algorithm, std::uint64_t expected) {
  HashingSink sink(file_.fd(), {0, HashingSink::kUnlimited}, algorithm, "write a blob in " + path_, expected);
  try {
    pump(content, sink);
  } catch (...) {
    size_ = sink.written();
    throw;
  }
  size_ = sink.written();
  return sink.finish();
}

}  // namespace imgcrypt

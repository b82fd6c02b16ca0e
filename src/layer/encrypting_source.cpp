#include "layer/encrypting_source.hpp"

#include "base/work_time.hpp"

#include <algorithm>

namespace imgcrypt {

EncryptingSource::EncryptingSource(Source& plain, const PrivateOptions& options, Lane& lane)
    : plain_(plain),
      cipher_(options.key, options.nonce),
      hmac_(&lane, hmac_sha256(options.key)),
      buffers_(lane) {}

std::size_t EncryptingSource::read(MutableByteView buffer) {
  if (!public_options_.hmac.empty()) return 0;
  const MutableByteView room = buffers_.next();
  const MutableByteView plaintext = room.first(std::min(room.size(), buffer.size()));
  const std::size_t size = plain_.read(plaintext);
  if (size == 0) {
    public_options_.hmac = hmac_.finish();
    return 0;
  }
  {
    const WorkTimer timer(Work::kCipher);
    cipher_.apply(plaintext.first(size), buffer.first(size));
  }
  hmac_.post(buffer.first(size));
  return size;
}

}  // namespace imgcrypt

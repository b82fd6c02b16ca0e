#include "layer/encrypting_source.hpp"

#include "base/work_time.hpp"

namespace imgcrypt {

EncryptingSource::EncryptingSource(Source& plain, const PrivateOptions& options, Lane& lane)
    : plain_(plain),
      cipher_(options.key, options.nonce),
      hmac_(lane, hmac_sha256(options.key), Work::kHmac) {}

std::size_t EncryptingSource::read(MutableByteView buffer) {
  if (!public_options_.hmac.empty()) return 0;
  const std::size_t size = plain_.read(buffer);
  if (size == 0) {
    public_options_.hmac = hmac_.finish();
    return 0;
  }
  {
    const WorkTimer timer(Work::kCipher);
    cipher_.apply(buffer.first(size));
  }
  hmac_.update(buffer.first(size));
  return size;
}

}  // namespace imgcrypt

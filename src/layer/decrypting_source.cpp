#include "layer/decrypting_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace imgcrypt {

DecryptingSource::DecryptingSource(Source& cipher, const PrivateOptions& options,
                                   PublicOptions public_options, ReadAhead hashing)
    : authenticated_(cipher, options, std::move(public_options)),
      cipher_(authenticated_, hashing),
      ctr_(options.key, options.nonce),
      buffer_(kHeldBack + kChunkSize) {}

std::size_t DecryptingSource::read(MutableByteView buffer) {
  while (!is_verified_ && end_ - begin_ <= kHeldBack) fill();
  const std::size_t held = is_verified_ ? 0 : kHeldBack;
  const std::size_t size = std::min(buffer.size(), end_ - begin_ - held);
  std::memcpy(buffer.data(), buffer_.data() + begin_, size);
  begin_ += size;
  return size;
}

void DecryptingSource::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  const MutableByteView room = buffer_.view().subspan(end_);
  const std::size_t size = cipher_.read(room);
  is_verified_ = size == 0;
  ctr_.apply(room.first(size));
  end_ += size;
}

void check_layer_hmac(Source& cipher, const PrivateOptions& options, const PublicOptions& public_options) {
  AuthenticatedSource authenticated(cipher, options, public_options);
  drain(authenticated);
}

}  // namespace imgcrypt

#include "layer/decrypting_source.hpp"

#include "layer/authenticated_source.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace imgcrypt {
namespace {

[[noreturn]] void fail() { throw Error(ErrorCode::kIntegrity, "layer authentication failed"); }

}  // namespace

DecryptingSource::DecryptingSource(Source& cipher, const PrivateOptions& options,
                                   PublicOptions public_options)
    : cipher_(cipher),
      ctr_(options.key, options.nonce),
      hmac_(options.key),
      public_options_(std::move(public_options)),
      buffer_(kHeldBack + kChunkSize) {}

std::size_t DecryptingSource::read(MutableByteView buffer) {
  if (state_ == State::kFailed) fail();
  while (state_ == State::kReading && end_ - begin_ <= kHeldBack) fill();
  const std::size_t held = state_ == State::kReading ? kHeldBack : 0;
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
  if (size == 0) {
    finish();
    return;
  }
  hmac_.update(room.first(size));
  ctr_.apply(room.first(size));
  end_ += size;
}

void DecryptingSource::finish() {
  state_ = State::kFailed;
  if (!equal_constant_time(hmac_.finish(), public_options_.hmac)) fail();
  state_ = State::kVerified;
}

void check_layer_hmac(Source& cipher, const PrivateOptions& options, const PublicOptions& public_options) {
  AuthenticatedSource authenticated(cipher, options, public_options);
  drain(authenticated);
}

}  // namespace imgcrypt

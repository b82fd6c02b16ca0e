#include "layer/authenticated_source.hpp"

#include "base/work_time.hpp"

#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {

AuthenticatedSource::AuthenticatedSource(Source& cipher, LayerMac hmac)
    : cipher_(cipher), hmac_(std::move(hmac)) {}

std::size_t AuthenticatedSource::read(MutableByteView buffer) {
  if (state_ == State::kFailed) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
  if (state_ == State::kVerified) return 0;
  if (const std::size_t size = cipher_.read(buffer); size > 0) {
    const WorkTimer timer(Work::kHmac);
    hmac_.mac.update(buffer.first(size));
    return size;
  }
  state_ = State::kFailed;
  require_equal_macs(hmac_.mac.finish(), hmac_.expected);
  state_ = State::kVerified;
  return 0;
}

}  // namespace imgcrypt

#include "layer/authenticated_source.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

AuthenticatedSource::AuthenticatedSource(Source& cipher, const LayerMac& hmac, Lane& lane)
    : cipher_(cipher), hmac_(&lane, hmac.mac), expected_(hmac.expected) {}

std::size_t AuthenticatedSource::read(MutableByteView buffer) {
  if (state_ == State::kFailed) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
  if (state_ == State::kVerified) return 0;
  if (const std::size_t size = cipher_.read(buffer); size > 0) {
    hmac_.post(buffer.first(size));
    return size;
  }
  state_ = State::kFailed;
  require_equal_macs(hmac_.finish(), expected_);
  state_ = State::kVerified;
  return 0;
}

}  // namespace imgcrypt

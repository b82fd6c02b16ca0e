#include "layer/authenticated_source.hpp"

#include "base/layer_authentication.hpp"

namespace imgcrypt {

AuthenticatedSource::AuthenticatedSource(Source& cipher, const LayerMac& hmac)
    : cipher_(cipher), hmac_(hmac.mac), expected_(hmac.expected) {}

std::optional<Chunk> AuthenticatedSource::next() {
  if (state_ == State::kFailed) throw layer_authentication_failed();
  if (state_ == State::kVerified) return std::nullopt;
  state_ = State::kFailed;  // unless all of this succeeds
  std::optional<Chunk> chunk = cipher_.next();
  if (chunk) {
    hmac_.update(*chunk);
    state_ = State::kReading;
  } else {
    require_equal_macs(hmac_.finish(), expected_);
    state_ = State::kVerified;
  }
  return chunk;
}

}  // namespace imgcrypt

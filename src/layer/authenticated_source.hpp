// A layer's ciphertext passed on as it is; its verified end is only reached when its HMAC fits.
#pragma once

#include "layer/layer_mac.hpp"

namespace imgcrypt {

class AuthenticatedSource final : public Source {
 public:
  // `cipher` and `lane` must outlive it. What read() gives must stay as it is until the lane is done with it.
  AuthenticatedSource(Source& cipher, const LayerMac& hmac, Lane& lane);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  Source& cipher_;
  HashInLane<Mac> hmac_;
  Bytes expected_;
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

}  // namespace imgcrypt

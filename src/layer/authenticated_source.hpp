// A layer's ciphertext passed on as it is; its verified end is only reached when its HMAC fits.
#pragma once

#include "layer/layer_mac.hpp"

namespace imgcrypt {

class AuthenticatedSource final : public Source {
 public:
  // `cipher` must outlive it.
  AuthenticatedSource(Source& cipher, LayerMac hmac);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  Source& cipher_;
  LayerMac hmac_;
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

}  // namespace imgcrypt

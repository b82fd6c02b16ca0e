// A layer's ciphertext passed on as it is; its verified end is only reached when its HMAC fits.
#pragma once

#include "base/stream.hpp"
#include "crypto/hmac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

class AuthenticatedSource final : public Source {
 public:
  // `cipher` must outlive it.
  AuthenticatedSource(Source& cipher, const PrivateOptions& options, PublicOptions public_options);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  Source& cipher_;
  HmacSha256 hmac_;
  PublicOptions public_options_;
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

}  // namespace imgcrypt

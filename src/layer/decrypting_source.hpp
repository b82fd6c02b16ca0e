// A layer decrypted while it is read. The last kHeldBack bytes, all of a shorter layer, are released only
// when the HMAC of the whole ciphertext has been checked; a consumer that must see nothing unauthenticated
// verifies first (check_layer_hmac) or throws away what it got when read() throws.
#pragma once

#include "base/stream.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/hmac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = 64 * 1024;  // bytes

  // `cipher` must outlive it.
  DecryptingSource(Source& cipher, const PrivateOptions& options, PublicOptions public_options);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  void fill();
  void finish();

  Source& cipher_;
  AesCtr ctr_;
  HmacSha256 hmac_;
  PublicOptions public_options_;
  Buffer buffer_;
  std::size_t begin_ = 0;  // of the plaintext in buffer_ that is not released yet
  std::size_t end_ = 0;
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

// Reads the ciphertext to its end; throws kIntegrity "layer authentication failed" when the HMAC does not
// fit.
void check_layer_hmac(Source& cipher, const PrivateOptions& options, const PublicOptions& public_options);

}  // namespace imgcrypt

// A layer decrypted while it is read. The last kHeldBack bytes, all of a shorter layer, are released only
// when the HMAC of the whole ciphertext has been checked; a consumer that must see nothing unauthenticated
// verifies first (check_layer_hmac) or throws away what it got when read() throws.
#pragma once

#include "base/lane.hpp"
#include "base/stream.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/hmac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = kChunkSize;  // bytes

  // The ciphertext is authenticated in the lane, which must outlive it, as `cipher` must.
  DecryptingSource(Source& cipher, const PrivateOptions& options, PublicOptions public_options, Lane& lane);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  void advance();
  ByteView read_chunk();
  void finish();

  Source& cipher_;
  AesCtr ctr_;
  PublicOptions public_options_;
  HashInLane<HmacSha256> hmac_;
  LaneBuffers buffers_;
  ByteView released_;  // ciphertext that may be decrypted and given out
  ByteView held_;      // what follows it
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

// Reads the ciphertext to its end; throws kIntegrity "layer authentication failed" when the HMAC does not
// fit.
void check_layer_hmac(Source& cipher, const PrivateOptions& options, const PublicOptions& public_options);

}  // namespace imgcrypt

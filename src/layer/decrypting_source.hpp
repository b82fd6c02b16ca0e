// A layer decrypted while it is read. The last kHeldBack bytes, all of a shorter layer, are released only
// when the MAC of the whole ciphertext has been checked; a consumer that must see nothing unauthenticated
// verifies first (verify_layer) or throws away what it got when read() throws.
#pragma once

#include "base/stream/lane_buffers.hpp"
#include "crypto/aes_ctr.hpp"
#include "layer/layer_mac.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = kChunkSize;  // bytes

  // The ciphertext is authenticated in the lane, which must outlive it, as `cipher` must, which may post to
  // it.
  DecryptingSource(Source& cipher, const PrivateOptions& options, const LayerMac& mac, Lane& lane);
  // Throws kIntegrity "layer authentication failed" when the MAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  void advance();
  ByteView read_chunk();

  Source& cipher_;
  AesCtr ctr_;
  Bytes expected_mac_;
  HashInLane<Mac> mac_;
  LaneBuffers buffers_;
  ByteView released_;  // ciphertext that may be decrypted and given out
  ByteView held_;      // what follows it
  enum class State { kReading, kVerified, kFailed } state_ = State::kReading;
};

}  // namespace imgcrypt

// A layer encrypted while it is read: AES-256-CTR, then HMAC-SHA-256 of the ciphertext. As long as its
// source.
#pragma once

#include "base/stream/lane_buffers.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/mac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

class EncryptingSource final : public Source {
 public:
  // `plain`, which may post what it gives to the lane, and `lane` must outlive it. What read() gives must
  // stay as it is until the lane is done with it.
  EncryptingSource(Source& plain, const PrivateOptions& options, Lane& lane);
  std::size_t read(MutableByteView buffer) override;

  // REQUIRES: read() has returned 0.
  [[nodiscard]] const PublicOptions& public_options() const noexcept { return public_options_; }

 private:
  Source& plain_;
  AesCtr cipher_;
  HashInLane<Mac> hmac_;
  LaneBuffers buffers_;  // of plaintext
  PublicOptions public_options_;
};

}  // namespace imgcrypt

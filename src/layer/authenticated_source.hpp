// A layer's ciphertext, passed on as it is. Its verified end is reached only if its HMAC fits; what came
// before is not authenticated until then. Belongs to one thread at a time.
#pragma once

#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "layer/layer_mac.hpp"

namespace imgcrypt {

// For layers whose blob stays while their recipients change: nothing is decrypted, but a forged blob is
// noticed.
class AuthenticatedSource final : public Source {
 public:
  // `cipher` must outlive it. `hmac` is copied and may be used for another pass.
  AuthenticatedSource(Source& cipher, const LayerMac& hmac);
  // The chunks of `cipher`. Throws kIntegrity "layer authentication failed" instead of the end if the HMAC
  // does not fit, and what `cipher` throws. After a failure every further call throws it again.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> read_next();

  Source& cipher_;
  ChunkHash<Mac> hmac_;
  Bytes expected_;
  bool is_verified_ = false;
  StickyFailure failure_;
};

}  // namespace imgcrypt

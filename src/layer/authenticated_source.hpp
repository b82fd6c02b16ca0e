// A layer's ciphertext passed on as it is; its verified end is reached only when its HMAC fits.
#pragma once

#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "layer/layer_mac.hpp"

namespace imgcrypt {

class AuthenticatedSource final : public Source {
 public:
  // `cipher` must outlive it.
  AuthenticatedSource(Source& cipher, const LayerMac& hmac);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
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

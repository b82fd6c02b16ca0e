// A layer encrypted while it is read: AES-256-CTR, then HMAC-SHA-256 of the ciphertext. As long as its
// source.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/mac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

class EncryptingSource final : public Source {
 public:
  // `plain` must outlive it.
  EncryptingSource(Source& plain, const PrivateOptions& options);
  [[nodiscard]] std::optional<Chunk> next() override;

  // REQUIRES: next() has returned nullopt.
  [[nodiscard]] const PublicOptions& public_options() const noexcept { return public_options_; }

 private:
  [[nodiscard]] std::optional<Chunk> encrypt_next();

  Source& plain_;
  AesCtr cipher_;
  ChunkHash<Mac> hmac_;
  PublicOptions public_options_;  // empty before the end
  StickyFailure failure_;
};

}  // namespace imgcrypt

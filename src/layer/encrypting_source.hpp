// A layer encrypted while it is read: AES-256-CTR, and HMAC-SHA-256 of the ciphertext with the same key, as
// the ocicrypt specification says. The ciphertext is as long as the plaintext. Belongs to one thread at a
// time.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/mac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

// Every failure of next() is final and thrown again. The public options must then not be used.
class EncryptingSource final : public Source {
 public:
  // `plain` must outlive it; `options` are copied. REQUIRES: their key and nonce encrypt nothing else. CTR
  // with one key and counter twice would give away the difference of the two plaintexts.
  EncryptingSource(Source& plain, const PrivateOptions& options);
  // Ciphertext, in chunks as long as those of `plain`. Throws what `plain` throws. They are new chunks: those
  // of `plain` may still be hashed by others.
  [[nodiscard]] std::optional<Chunk> next() override;

  // What a reader needs besides the private options. Valid for as long as this object.
  // REQUIRES: next() has returned nullopt.
  [[nodiscard]] const PublicOptions& public_options() const noexcept { return public_options_; }

 private:
  Source& plain_;
  AesCtr cipher_;
  ChunkHash<Mac> hmac_;
  PublicOptions public_options_;  // empty before the end
  StickyFailure failure_;
};

}  // namespace imgcrypt

// A layer decrypted while it is read: AES-256-CTR, with a MAC of the whole ciphertext. The plaintext is not
// authenticated until next() has returned nullopt: a consumer must throw away all of it if next() throws, or
// verify the ciphertext first (verify_layer). The last kHeldBack bytes of a layer, or all of a shorter one,
// are released only after the MAC was checked, so that no forged layer is ever released completely. Belongs
// to one thread at a time.
#pragma once

#include "base/stream/sticky_failure.hpp"
#include "base/stream/whole_chunks.hpp"
#include "crypto/aes_ctr.hpp"
#include "layer/layer_mac.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = kChunkSize;  // bytes

  // `cipher` must outlive it; `options` and `mac` are copied. `mac` is what layer_hmac or verify_layer gave
  // for this layer.
  DecryptingSource(Source& cipher, const PrivateOptions& options, const LayerMac& mac);
  // Plaintext in chunks of kChunkSize bytes, the last one perhaps shorter. Throws kIntegrity "layer
  // authentication failed" if the MAC does not fit, and what `cipher` throws. Every failure is final: further
  // calls throw it again.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> decrypt_next();
  [[nodiscard]] std::optional<Chunk> read_chunk();
  [[nodiscard]] Chunk decrypt(const Chunk& chunk);

  WholeChunks cipher_;
  AesCtr ctr_;
  Bytes expected_mac_;
  ChunkHash<Mac> mac_;
  std::optional<Chunk> held_;  // ciphertext, to be decrypted when what follows it has been read
  enum class State { kStarting, kReading, kVerified } state_ = State::kStarting;
  StickyFailure failure_;
};

}  // namespace imgcrypt

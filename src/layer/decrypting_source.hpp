// A layer decrypted while it is read. The last kHeldBack bytes, all of a shorter layer, are released only
// when the MAC of the whole ciphertext has been checked; a consumer that must see nothing unauthenticated
// verifies first (verify_layer) or throws away what it got when next() throws.
#pragma once

#include "base/stream/sticky_failure.hpp"
#include "base/stream/whole_chunks.hpp"
#include "crypto/aes_ctr.hpp"
#include "layer/layer_mac.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = kChunkSize;  // bytes

  // `cipher` must outlive it.
  DecryptingSource(Source& cipher, const PrivateOptions& options, const LayerMac& mac);
  // Throws kIntegrity "layer authentication failed" when the MAC does not fit.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> decrypt_next();
  [[nodiscard]] std::optional<Chunk> read_chunk();
  [[nodiscard]] Chunk decrypt(const Chunk& chunk);

  WholeChunks cipher_;
  AesCtr ctr_;
  Bytes expected_mac_;
  ChunkHash<Mac> mac_;
  std::optional<Chunk> held_;  // ciphertext
  enum class State { kStarting, kReading, kVerified } state_ = State::kStarting;
  StickyFailure failure_;
};

}  // namespace imgcrypt

#include "layer/decrypting_source.hpp"

#include "base/stream/chunk_pool.hpp"
#include "base/work_time.hpp"

#include <utility>

namespace imgcrypt {

DecryptingSource::DecryptingSource(Source& cipher, const PrivateOptions& options, const LayerMac& mac)
    : cipher_(cipher), ctr_(options.key, options.nonce), expected_mac_(mac.expected), mac_(mac.mac) {}

std::optional<Chunk> DecryptingSource::next() {
  return failure_.guard([this] { return decrypt_next(); });
}

// The chunk that is held is released when the one after it has been read. So the last one is released only
// when the end has been read, and with it the MAC has been checked.
std::optional<Chunk> DecryptingSource::decrypt_next() {
  if (state_ == State::kStarting) held_ = read_chunk();
  if (!held_) return std::nullopt;
  const Chunk released = *std::exchange(held_, state_ == State::kVerified ? std::nullopt : read_chunk());
  return decrypt(released);
}

// A whole chunk. A shorter one, or none, means the end of the ciphertext, which is then verified before it is
// returned.
std::optional<Chunk> DecryptingSource::read_chunk() {
  std::optional<Chunk> chunk = cipher_.next();
  if (chunk) mac_.update(*chunk);
  const bool is_end = !chunk || chunk->size() < kChunkSize;
  if (is_end) require_equal_macs(mac_.finish(), expected_mac_);
  state_ = is_end ? State::kVerified : State::kReading;
  return chunk;
}

Chunk DecryptingSource::decrypt(const Chunk& chunk) {
  // Not in place: the pool may still be hashing the ciphertext.
  FreshChunk plain = fresh_beside(chunk);
  const WorkTimer timer(Work::kCipher);
  ctr_.apply(chunk.view(), plain.room().first(chunk.size()));
  return std::move(plain).filled(chunk.size());
}

}  // namespace imgcrypt

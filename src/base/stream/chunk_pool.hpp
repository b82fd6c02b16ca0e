// The buffers of one blob on its way, used again and again, so that its size does not matter; and the hands
// that hash what is in them. Whoever hashes a chunk (ChunkHash) only says so: the pool updates several hashes
// in turns, which a core does in less time than one after the other, and lets a second thread help where it
// may. Decorators need not know the pool: it travels with its chunks (fresh_beside).
#pragma once

#include "base/stream/chunk.hpp"

#include <cstdint>
#include <memory>

namespace imgcrypt {

// How many threads hash what is in a pool's chunks.
enum class Hands {
  kOne,  // the one that moves them, before it takes the next buffer
  kTwo,  // a thread of the pool's own as well
};

// Bytes of a blob above which a second hand is worth starting: less is hashed before a thread has begun.
inline constexpr std::uint64_t kWorthASecondHand = 4 * 1024 * 1024;

// Room for a chunk that nobody else sees yet. Goes back to its pool when it is not filled.
class FreshChunk {
 public:
  FreshChunk(FreshChunk&&) noexcept = default;
  FreshChunk& operator=(FreshChunk&&) noexcept = default;
  FreshChunk(const FreshChunk&) = delete;
  FreshChunk& operator=(const FreshChunk&) = delete;
  ~FreshChunk() = default;

  [[nodiscard]] MutableByteView room() const noexcept;  // kChunkSize bytes
  // Its first `size` bytes, from now on immutable. REQUIRES: size <= kChunkSize.
  [[nodiscard]] Chunk filled(std::size_t size) &&;

 private:
  friend class ChunkPool;
  friend FreshChunk fresh_beside(const Chunk& chunk);
  explicit FreshChunk(std::shared_ptr<Chunk::Buffer> buffer) : buffer_(std::move(buffer)) {}

  std::shared_ptr<Chunk::Buffer> buffer_;
};

// One thread at a time takes from it and posts hashes of its chunks; chunks may be kept, read and dropped by
// any.
class ChunkPool {
 public:
  // With one hand only where the system has no thread to give.
  explicit ChunkPool(Hands hands = Hands::kOne);
  // Waits for what is being hashed. Chunks that are still kept live on.
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  // An empty buffer. When hashing is behind, it takes part in that first, so that what waits to be hashed
  // stays below 34 chunks with two hands and two with one. It never waits for somebody who keeps chunks:
  // those are bounded by whoever keeps them, and kMostKept is the bound that catches one who does not. Throws
  // kOther above that, and what a hash threw.
  [[nodiscard]] FreshChunk take();

  static constexpr std::size_t kMostKept = 192;  // chunks that exist at once: 24 MiB

 private:
  std::shared_ptr<HashQueue> queue_;
};

// An empty buffer of the pool that the chunk came from, as by ChunkPool::take; of the heap for one of no
// pool.
[[nodiscard]] FreshChunk fresh_beside(const Chunk& chunk);

}  // namespace imgcrypt

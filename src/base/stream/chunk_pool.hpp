// The buffers through which one blob flows, used again and again, so that its size does not matter; and the
// hands that hash what is in them. Whoever hashes a chunk (ChunkHash) only says so: the pool updates several
// hashes in turns, which takes a core less time than one after the other, and lets a second thread help.
// Decorators need not know the pool: it travels with its chunks (fresh_beside).
//
// A pool has one owner at a time: the thread that moves the blob, takes buffers and posts hashes. Chunks may
// be kept, read and dropped by any thread, also when the pool is gone.
#pragma once

#include "base/stream/chunk.hpp"

#include <cstdint>
#include <memory>

namespace imgcrypt {

// How many threads hash what is in a pool's chunks.
enum class Hands {
  kOne,  // the owner, before it takes the next buffer
  kTwo,  // the owner and a thread that the pool starts
};

// A blob of at least this size, in bytes, is worth a second hand: a smaller one is hashed before a thread has
// started.
inline constexpr std::uint64_t kWorthASecondHand = 4 * 1024 * 1024;

// A buffer that nobody else sees yet. If it is dropped without being filled, it goes back to its pool.
class FreshChunk {
 public:
  FreshChunk(FreshChunk&&) noexcept = default;
  FreshChunk& operator=(FreshChunk&&) noexcept = default;
  FreshChunk(const FreshChunk&) = delete;
  FreshChunk& operator=(const FreshChunk&) = delete;
  ~FreshChunk() = default;

  // kChunkSize bytes of any content, e.g. of the chunk that had them before. Valid until filled() is called.
  [[nodiscard]] MutableByteView room() const noexcept;
  // Its first `size` bytes as a chunk: from now on nobody may write to them. REQUIRES: size <= kChunkSize.
  [[nodiscard]] Chunk filled(std::size_t size) &&;

 private:
  friend class ChunkPool;
  friend FreshChunk fresh_beside(const Chunk& chunk);
  explicit FreshChunk(std::shared_ptr<Chunk::Buffer> buffer) : buffer_(std::move(buffer)) {}

  std::shared_ptr<Chunk::Buffer> buffer_;
};

class ChunkPool {
 public:
  // Where the system has no thread to give, kTwo means kOne: slower, but no failure.
  explicit ChunkPool(Hands hands = Hands::kOne);
  // Waits until everything that was posted is hashed, and ends the thread. Chunks that are still kept live on
  // and free their memory when they are dropped.
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  // An empty buffer. If there is much left to hash, it helps with that first: with two hands never more than
  // three hashes of each of 42 chunks are left to do, with one hand one hash. It does not wait for anybody
  // who keeps chunks, so that it cannot wait for its own caller; whoever keeps chunks must bound how many.
  // Throws kOther when kMostKept exist, and what a hash threw.
  [[nodiscard]] FreshChunk take();

  // Chunks that may exist at once (24 MiB): the bound that catches a sink which keeps chunks without one.
  static constexpr std::size_t kMostKept = 192;

 private:
  std::shared_ptr<HashQueue> queue_;
};

// An empty buffer of the pool that the chunk came from, which behaves and throws like ChunkPool::take; from
// the heap, without a bound, for a chunk outside every pool. It does not hold a copy of the chunk.
// REQUIRES: the calling thread is the owner of that pool.
[[nodiscard]] FreshChunk fresh_beside(const Chunk& chunk);

}  // namespace imgcrypt

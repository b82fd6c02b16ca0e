// A hash or MAC (Hasher, Mac) of the chunks of a stream. It does not hash them itself: the pool that a chunk
// came from does so, together with other hashes and perhaps in another thread. Belongs to the thread that
// moves the stream, which is the owner of that pool.
#pragma once

#include "base/stream/chunk.hpp"
#include "base/stream/hash_queue.hpp"
#include "base/work_time.hpp"

#include <memory>
#include <utility>

namespace imgcrypt {

// `Hash` is a RunningHash that has `Bytes finish()`.
template <typename Hash>
class ChunkHash {
 public:
  explicit ChunkHash(Hash hash) : hash_(std::move(hash)) {}
  // Waits until no thread uses the hash any more. Never throws.
  ~ChunkHash() {
    if (queue_) queue_->settle();
  }
  // It cannot be moved either: the pool holds its address.
  ChunkHash(const ChunkHash&) = delete;
  ChunkHash& operator=(const ChunkHash&) = delete;

  // Hashes the chunk after those that were given before, at some time before finish() returns; the chunk is
  // kept until then. A chunk outside every pool is hashed at once. Chunks of several pools may be mixed,
  // which costs a wait at each change. May throw what a hash of the same pool threw.
  void update(const Chunk& chunk) {
    if (queue_ != chunk.hash_queue()) {
      if (queue_) queue_->finish();  // otherwise the new pool could hash its chunk before the old one has
      queue_ = chunk.hash_queue();
    }
    if (queue_) {
      queue_->post(hash_, chunk);
    } else {
      const WorkTimer timer(Work::kHash);
      hash_.update(chunk.view());
    }
  }

  // The hash of all chunks. Waits for those that are not hashed yet, and takes part in that. Throws what a
  // hash of the same pool threw. To be called once, after the last update().
  [[nodiscard]] Bytes finish() {
    if (queue_) queue_->finish();
    return hash_.finish();
  }

 private:
  std::shared_ptr<HashQueue> queue_;  // of the last chunk's pool
  Hash hash_;
};

}  // namespace imgcrypt

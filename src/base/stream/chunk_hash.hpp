// A Hasher or Mac of a stream's chunks, which the chunks' own pool updates. Belongs to the thread that moves
// the stream.
#pragma once

#include "base/stream/chunk.hpp"
#include "base/stream/hash_queue.hpp"
#include "base/work_time.hpp"

#include <memory>
#include <utility>

namespace imgcrypt {

template <typename Hash>
class ChunkHash {
 public:
  explicit ChunkHash(Hash hash) : hash_(std::move(hash)) {}
  ~ChunkHash() {
    if (queue_) queue_->settle();  // nothing may update what is about to go
  }
  ChunkHash(const ChunkHash&) = delete;
  ChunkHash& operator=(const ChunkHash&) = delete;

  // Soon, after what it was given before. At once for a chunk of no pool.
  void update(const Chunk& chunk) {
    if (queue_ != chunk.hash_queue()) {
      if (queue_) queue_->finish();  // its order is kept across pools as well
      queue_ = chunk.hash_queue();
    }
    if (queue_) {
      queue_->post(hash_, chunk);
    } else {
      const WorkTimer timer(Work::kHash);
      hash_.update(chunk.view());
    }
  }

  // Of all chunks. Once. Throws what the hash threw.
  [[nodiscard]] Bytes finish() {
    if (queue_) queue_->finish();
    return hash_.finish();
  }

 private:
  std::shared_ptr<HashQueue> queue_;  // of the last chunk's pool
  Hash hash_;
};

}  // namespace imgcrypt

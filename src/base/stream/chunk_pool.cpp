#include "base/stream/chunk_pool.hpp"

#include "base/stream/hash_queue.hpp"

#include <utility>

namespace imgcrypt {

struct Chunk::Buffer {
  // From the queue's pool, or from the heap if it is null.
  explicit Buffer(std::shared_ptr<HashQueue> its_queue)
      : queue(std::move(its_queue)), storage(queue ? queue->take_storage() : new_storage()) {}
  explicit Buffer(Bytes its_bytes) : bytes(std::move(its_bytes)) {}
  ~Buffer() {
    if (queue) queue->give_back(std::move(storage));
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::shared_ptr<HashQueue> queue;  // null: outside every pool
  Storage storage;
  Bytes bytes;  // used instead of `storage` by chunks of given bytes
};

Chunk::Chunk(Bytes bytes)
    : buffer_(std::make_shared<const Buffer>(std::move(bytes))), view_(buffer_->bytes) {}

Chunk Chunk::slice(std::size_t offset, std::size_t size) const {
  return {buffer_, view_.subspan(offset, size)};
}

const std::shared_ptr<HashQueue>& Chunk::hash_queue() const noexcept { return buffer_->queue; }

MutableByteView FreshChunk::room() const noexcept { return {buffer_->storage.get(), kChunkSize}; }

Chunk FreshChunk::filled(std::size_t size) && {
  const ByteView view = room().first(size);
  return {std::move(buffer_), view};
}

ChunkPool::ChunkPool(Hands hands) : queue_(std::make_shared<HashQueue>(hands)) {}

ChunkPool::~ChunkPool() { queue_->close(); }

FreshChunk ChunkPool::take() { return FreshChunk(std::make_shared<Chunk::Buffer>(queue_)); }

FreshChunk fresh_beside(const Chunk& chunk) {
  return FreshChunk(std::make_shared<Chunk::Buffer>(chunk.hash_queue()));
}

}  // namespace imgcrypt

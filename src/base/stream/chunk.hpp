// A piece of a stream: immutable bytes that own themselves. Copies are cheap and share the bytes, which do
// not change for as long as any copy or slice lives, even after the pool they came from is gone. So whoever
// hashes, sends or spools a chunk may keep it for as long as that takes. One chunk may be read, and its
// copies dropped, by several threads at once.
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace imgcrypt {

class FreshChunk;
class HashQueue;

// The most bytes that a chunk of a Source holds: enough for one read(2) to be cheap, few enough to stay in
// the processor's cache for every pass over them.
inline constexpr std::size_t kChunkSize = 128 * 1024;

class Chunk {
 public:
  // A chunk outside every pool, of any size; it owns `bytes`.
  explicit Chunk(Bytes bytes);

  // Valid for as long as this chunk, a copy or a slice of it lives.
  [[nodiscard]] ByteView view() const noexcept { return view_; }
  // In bytes.
  [[nodiscard]] std::size_t size() const noexcept { return view_.size(); }

  // A part of it. However small, it keeps the memory of the whole chunk. Copies nothing.
  // REQUIRES: offset + size <= size().
  [[nodiscard]] Chunk slice(std::size_t offset, std::size_t size) const;

 private:
  friend class ChunkPool;
  friend class FreshChunk;
  template <typename Hash>
  friend class ChunkHash;
  friend FreshChunk fresh_beside(const Chunk& chunk);

  struct Buffer;  // the memory of a whole chunk, and the pool that it goes back to
  Chunk(std::shared_ptr<const Buffer> buffer, ByteView view) : buffer_(std::move(buffer)), view_(view) {}
  // Of its pool; null for a chunk outside every pool.
  [[nodiscard]] const std::shared_ptr<HashQueue>& hash_queue() const noexcept;

  std::shared_ptr<const Buffer> buffer_;
  ByteView view_;
};

}  // namespace imgcrypt

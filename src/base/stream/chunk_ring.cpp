#include "base/stream/chunk_ring.hpp"

#include "base/work_time.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {

MutableByteView ChunkRing::room() {
  const WorkTimer timer(Work::kWait);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filled_ - taken_ < kChunks || is_abandoned_; });
  if (is_abandoned_) return {};
  Bytes& bytes = chunks_[filled_ % kChunks].bytes;
  bytes.resize(kChunkSize);
  return bytes;
}

void ChunkRing::push(std::size_t size) {
  const std::lock_guard lock(mutex_);
  chunks_[filled_ % kChunks].size = size;
  ++filled_;
  changed_.notify_all();
}

void ChunkRing::write(ByteView bytes) {
  while (!bytes.empty()) {
    const MutableByteView free = room();
    if (free.empty()) return;
    const std::size_t size = std::min(free.size(), bytes.size());
    std::ranges::copy(bytes.first(size), free.begin());
    push(size);
    bytes = bytes.subspan(size);
  }
}

void ChunkRing::end(std::exception_ptr failure) noexcept {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  is_at_end_ = true;
  changed_.notify_all();
}

std::size_t ChunkRing::read(MutableByteView buffer) {
  {
    const WorkTimer timer(Work::kWait);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return taken_ < filled_ || is_at_end_; });
    if (taken_ == filled_) {
      if (failure_) std::rethrow_exception(failure_);
      return 0;
    }
  }
  const Chunk& chunk = chunks_[taken_ % kChunks];
  const std::size_t size = std::min(buffer.size(), chunk.size - offset_);
  std::copy_n(chunk.bytes.begin() + static_cast<std::ptrdiff_t>(offset_), size, buffer.begin());
  offset_ += size;
  if (offset_ == chunk.size) {
    offset_ = 0;
    const std::lock_guard lock(mutex_);
    ++taken_;
    changed_.notify_all();
  }
  return size;
}

void ChunkRing::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  is_abandoned_ = true;
  changed_.notify_all();
}

}  // namespace imgcrypt

#include "base/read_ahead_source.hpp"

#include <algorithm>

namespace imgcrypt {

ReadAheadSource::ReadAheadSource(Source& inner, ReadAhead how) : inner_(inner), how_(how) {
  if (how == ReadAhead::kInThread) thread_ = std::thread([this] { run(); });
}

ReadAheadSource::~ReadAheadSource() {
  {
    const std::lock_guard lock(mutex_);
    is_abandoned_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ReadAheadSource::run() {
  std::exception_ptr failure;
  try {
    while (true) {
      Chunk* chunk = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return filled_ - taken_ < kChunks || is_abandoned_; });
        if (is_abandoned_) return;
        chunk = &ring_[filled_ % kChunks];
      }
      chunk->bytes.resize(kChunkSize);
      chunk->size = inner_.read(chunk->bytes);
      if (chunk->size == 0) break;
      const std::lock_guard lock(mutex_);
      ++filled_;
      changed_.notify_all();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  is_at_end_ = true;
  changed_.notify_all();
}

std::size_t ReadAheadSource::read(MutableByteView buffer) {
  if (how_ == ReadAhead::kNone) return inner_.read(buffer);
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return taken_ < filled_ || is_at_end_; });
    if (taken_ == filled_) {
      if (failure_) std::rethrow_exception(failure_);
      return 0;
    }
  }
  const Chunk& chunk = ring_[taken_ % kChunks];
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

}  // namespace imgcrypt

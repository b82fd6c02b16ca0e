#include "base/stream/chunk_queue.hpp"

#include "base/work_time.hpp"

#include <utility>

namespace imgcrypt {

void ChunkQueue::write(Chunk chunk) {
  const WorkTimer timer(Work::kWait);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return chunks_.size() < kMost || is_abandoned_; });
  // Not a failure: the reader has its own reason to stop, and reports it.
  if (is_abandoned_) return;
  chunks_.push_back(std::move(chunk));
  changed_.notify_all();
}

void ChunkQueue::end(std::exception_ptr failure) noexcept {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  is_at_end_ = true;
  changed_.notify_all();
}

std::optional<Chunk> ChunkQueue::next() {
  const WorkTimer timer(Work::kWait);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !chunks_.empty() || is_at_end_; });
  // What was written before a failure is still given: the failure came after it.
  if (chunks_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }
  Chunk chunk = std::move(chunks_.front());
  chunks_.pop_front();
  changed_.notify_all();
  return chunk;
}

void ChunkQueue::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  is_abandoned_ = true;
  chunks_.clear();
  changed_.notify_all();
}

}  // namespace imgcrypt

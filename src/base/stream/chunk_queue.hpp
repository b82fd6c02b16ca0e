// Chunks on their way from one thread to another, in order, without a copy, and never more than kMost of
// them. One thread writes (write, end) and one reads (next, abandon). Either may give up, and the other
// notices at its next chunk. The queue must outlive both.
#pragma once

#include "base/stream/stream.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>

namespace imgcrypt {

class ChunkQueue final : public Source, public Sink {
 public:
  // For the writer. Waits while kMost chunks are unread; a signal does not interrupt that, so the reader must
  // end by itself when cancelled. After abandon() it drops the chunk and returns. Never throws Error.
  // REQUIRES: end() was not called.
  void write(Chunk chunk) override;
  // For the writer: nothing more comes. If `failure` is set, next() throws it after all chunks that came
  // before. The last call counts. A writer that does not call it leaves the reader waiting for ever.
  void end(std::exception_ptr failure = nullptr) noexcept;

  // For the reader. Waits for a chunk or the end; from then on it gives the same answer each time.
  // REQUIRES: abandon() was not called.
  [[nodiscard]] std::optional<Chunk> next() override;
  // For the reader: nobody will read any more. Drops all unread chunks and wakes a writer that waits. A
  // reader that stops without it leaves the writer waiting for ever.
  void abandon() noexcept;

  static constexpr std::size_t kMost = 8;  // chunks

 private:
  std::mutex mutex_;  // of everything below
  std::condition_variable changed_;
  std::deque<Chunk> chunks_;
  bool is_at_end_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
};

}  // namespace imgcrypt

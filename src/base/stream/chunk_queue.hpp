// Chunks on their way from one thread to another, a bounded number of them and without a copy. One thread
// writes and one reads; each may give up, which the other sees at its next chunk.
#pragma once

#include "base/stream/stream.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>

namespace imgcrypt {

class ChunkQueue final : public Source, public Sink {
 public:
  // The writer's: waits while kMost are under way. Drops what nobody reads any more.
  void write(Chunk chunk) override;
  // The writer's: nothing more comes. What `failure` holds is thrown by next(), after all that came before.
  void end(std::exception_ptr failure = nullptr) noexcept;

  // The reader's: waits for a chunk or the end.
  [[nodiscard]] std::optional<Chunk> next() override;
  // The reader's: nobody reads any more.
  void abandon() noexcept;

  static constexpr std::size_t kMost = 8;  // chunks

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> chunks_;
  bool is_at_end_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
};

}  // namespace imgcrypt

// Independent tasks in several threads, such as the layers of an image, and how they stop each other when one
// fails.
#pragma once

#include "base/stream/stream.hpp"

#include <atomic>
#include <cstddef>
#include <functional>

namespace imgcrypt {

// Set once one task has failed; the other tasks see it at their next chunk.
using StopFlag = std::atomic<bool>;

// Runs task(0) to task(count - 1), at most `jobs` at a time, in this thread and in others, and returns when
// all of them have ended. `jobs` 0 means 1. Where the system has fewer threads to give, fewer tasks run at a
// time. After the first failure no further task starts, `stop` is set, and that failure is thrown; what other
// tasks throw after it is dropped.
// REQUIRES: the task may be called by several threads at once, and `stop` is false.
void run_parallel(std::size_t count, unsigned jobs, StopFlag& stop,
                  const std::function<void(std::size_t)>& task);

// Passes on `inner` unchanged, and throws kCancelled from the first chunk after `stop` was set. It cannot
// interrupt a call of inner.next() that waits.
class StoppableSource final : public Source {
 public:
  // Both must outlive it.
  StoppableSource(Source& inner, const StopFlag& stop) : inner_(inner), stop_(stop) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  const StopFlag& stop_;
};

}  // namespace imgcrypt

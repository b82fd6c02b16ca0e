// Independent tasks side by side.
#pragma once

#include "base/stream/stream.hpp"

#include <atomic>
#include <cstddef>
#include <functional>

namespace imgcrypt {

// Set once one task has failed; the others see it at their next chunk.
using StopFlag = std::atomic<bool>;

// Runs task(0) to task(count - 1), at most `jobs` at once, and returns when all have ended. After the first
// failure no further task starts, `stop` is set, and that failure is thrown. The task must be safe to call
// from several threads.
void run_parallel(std::size_t count, unsigned jobs, StopFlag& stop,
                  const std::function<void(std::size_t)>& task);

// Ends with kCancelled soon after `stop` is set.
class StoppableSource final : public Source {
 public:
  StoppableSource(Source& inner, const StopFlag& stop) : inner_(inner), stop_(stop) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  const StopFlag& stop_;
};

}  // namespace imgcrypt

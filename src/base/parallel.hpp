// Independent tasks in several threads, such as the layers of an image, and how they stop each other when one
// fails.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace imgcrypt {

// Set once one task has failed; the other tasks see it at their next chunk.
using StopFlag = std::atomic<bool>;

// Runs task(0) to task(count - 1), at most `jobs` at a time, in this thread and in others, and returns when
// all of them have ended. `jobs` 0 means 1. Where the system has fewer threads to give, fewer tasks run at a
// time. After the first failure no further task starts and `stop` is set. Thrown is the failure of the lowest
// task that failed by itself, so that it does not depend on which was faster; kCancelled is the consequence
// of another's. REQUIRES: the task may be called by several threads at once, and `stop` is false.
void run_parallel(std::size_t count, unsigned jobs, StopFlag& stop,
                  const std::function<void(std::size_t)>& task);

}  // namespace imgcrypt

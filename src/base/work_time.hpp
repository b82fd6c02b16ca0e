// How long the threads of this process spend on each kind of work, so that -vv can say what limits a command.
// The totals belong to the process. Safe in every thread.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace imgcrypt {

enum class Work {
  kRead,
  kCipher,
  kHash,  // digests and HMACs
  kDiffId,
  kWrite,
  kSync,
  kKeys,
  kWait,  // for another of our own threads
};
inline constexpr std::size_t kWorkKinds = static_cast<std::size_t>(Work::kWait) + 1;

// Counts the lifetime of this object as work of its thread. While another timer of the same thread lives
// inside it, the time counts only for the inner one, so that nothing is counted twice. Costs two readings of
// the clock: meant for chunks, not for bytes. REQUIRES: it is destroyed by the thread that made it, before
// every older timer of that thread (a local variable is).
class WorkTimer {
 public:
  explicit WorkTimer(Work work) noexcept;
  ~WorkTimer();
  WorkTimer(const WorkTimer&) = delete;
  WorkTimer& operator=(const WorkTimer&) = delete;

 private:
  Work work_;
  // The timer that this one interrupts; null if none. It lives longer, since timers nest.
  WorkTimer* outer_;
  std::chrono::steady_clock::time_point since_;  // when it became the innermost
};

// The sum over all threads since the process started, indexed by Work. Work that is still going on is not
// included. With several threads the sum may exceed the time that has passed.
[[nodiscard]] std::array<std::chrono::nanoseconds, kWorkKinds> work_times() noexcept;
// In English, for the report; a string literal.
[[nodiscard]] std::string_view name_of(Work work) noexcept;

}  // namespace imgcrypt

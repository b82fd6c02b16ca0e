// How long the threads of this process spend on each kind of work, so that -vv can say what limits a command.
// Safe from every thread.
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
  kWait,  // for another thread of ours
};
inline constexpr std::size_t kWorkKinds = static_cast<std::size_t>(Work::kWait) + 1;

// Times what its thread does while it lives. Work inside other work counts as its own kind only. Costs two
// readings of the clock: meant for chunks, not for bytes.
class WorkTimer {
 public:
  explicit WorkTimer(Work work) noexcept;
  ~WorkTimer();
  WorkTimer(const WorkTimer&) = delete;
  WorkTimer& operator=(const WorkTimer&) = delete;

 private:
  Work work_;
  WorkTimer* outer_;
  std::chrono::steady_clock::time_point since_;  // that it is the innermost
};

// Of all threads together, by kind; of work that has ended.
[[nodiscard]] std::array<std::chrono::nanoseconds, kWorkKinds> work_times() noexcept;
[[nodiscard]] std::string_view name_of(Work work) noexcept;

}  // namespace imgcrypt

#include "base/work_time.hpp"

#include <atomic>
#include <cstdint>

namespace imgcrypt {
namespace {

using Clock = std::chrono::steady_clock;

std::array<std::atomic<std::int64_t>, kWorkKinds> nanoseconds;
// Timers nest as calls do, so a list through outer_ is enough, without memory of its own.
thread_local WorkTimer* innermost = nullptr;

void add(Work work, Clock::duration time) noexcept {
  const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  nanoseconds[static_cast<std::size_t>(work)].fetch_add(count, std::memory_order_relaxed);
}

}  // namespace

// The outer timer's work is added up to now, and goes on when this one ends.
WorkTimer::WorkTimer(Work work) noexcept : work_(work), outer_(innermost), since_(Clock::now()) {
  if (outer_ != nullptr) add(outer_->work_, since_ - outer_->since_);
  innermost = this;
}

WorkTimer::~WorkTimer() {
  const Clock::time_point now = Clock::now();
  add(work_, now - since_);
  if (outer_ != nullptr) outer_->since_ = now;
  innermost = outer_;
}

std::array<std::chrono::nanoseconds, kWorkKinds> work_times() noexcept {
  std::array<std::chrono::nanoseconds, kWorkKinds> times = {};
  for (std::size_t i = 0; i < kWorkKinds; ++i) times[i] = std::chrono::nanoseconds(nanoseconds[i]);
  return times;
}

std::string_view name_of(Work work) noexcept {
  switch (work) {
    case Work::kRead:
      return "read";
    case Work::kCipher:
      return "cipher";
    case Work::kHash:
      return "digests and HMAC";
    case Work::kDiffId:
      return "diff_ids";
    case Work::kWrite:
      return "write";
    case Work::kSync:
      return "sync";
    case Work::kKeys:
      return "keys";
    case Work::kWait:
      return "wait for each other";
  }
  return {};
}

}  // namespace imgcrypt

#include "layer/inflate/window_share.hpp"

#include "base/cancel.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace imgcrypt {
namespace {

// Memory is the process's, so this is too. A signal does not wake who waits.
constexpr auto kLookForCancel = std::chrono::milliseconds(100);

std::mutex mutex;  // of `taken`
std::condition_variable released;
std::uint64_t taken = 0;

}  // namespace

void WindowShare::take(std::uint64_t window) {
  std::unique_lock lock(mutex);
  while (taken + window > kMostInSum) {
    throw_if_cancelled();
    released.wait_for(lock, kLookForCancel);
  }
  taken += window;
  size_ = window;
}

void WindowShare::release() noexcept {
  if (size_ == 0) return;
  {
    const std::lock_guard lock(mutex);
    taken -= std::exchange(size_, 0);
  }
  released.notify_all();
}

}  // namespace imgcrypt

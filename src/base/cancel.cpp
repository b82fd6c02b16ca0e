#include "base/cancel.hpp"

#include <imgcrypt/error.hpp>

#include <atomic>
#include <csignal>

namespace imgcrypt {
namespace {

// The one mutable global: a signal handler has nowhere else to write.
std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_cancel_signal(int signal) { caught_signal.store(signal); }

}  // namespace

void install_cancel_handler() {
  struct sigaction action = {};
  action.sa_handler = on_cancel_signal;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

int cancel_signal() noexcept { return caught_signal.load(); }

void throw_if_cancelled() {
  if (cancel_signal() != 0) throw Error(ErrorCode::kCancelled, "cancelled");
}

}  // namespace imgcrypt

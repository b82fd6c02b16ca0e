#include "base/cancel.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace imgcrypt {
namespace {

// The one mutable global: a signal handler has nowhere else to write.
std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

// Without SA_RESTART, so that a system call that waits ends with EINTR.
void catch_signal(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction action = {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// Interrupts what waits, again and again (see the header).
extern "C" void on_alarm(int /*signal*/) { ::alarm(1); }

extern "C" void on_cancel_signal(int signal) {
  caught_signal.store(signal);
  // Only now, because until then SIGALRM may be a time limit that our parent has set.
  catch_signal(SIGALRM, on_alarm);
  ::alarm(1);
}

}  // namespace

void install_cancel_handler() {
  catch_signal(SIGTERM, on_cancel_signal);
  for (const int signal : {SIGINT, SIGHUP}) {
    if (!is_ignored(signal)) catch_signal(signal, on_cancel_signal);
  }
}

int cancel_signal() noexcept { return caught_signal.load(); }

void throw_if_cancelled() {
  if (cancel_signal() != 0) throw Error(ErrorCode::kCancelled, "cancelled");
}

}  // namespace imgcrypt

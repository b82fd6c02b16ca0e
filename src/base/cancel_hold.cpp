#include "base/cancel_hold.hpp"

namespace imgcrypt {

CancelHold::CancelHold() noexcept {
  sigset_t held;
  ::sigemptyset(&held);
  // The last repeats the others (install_cancel_handler).
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGALRM}) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

}  // namespace imgcrypt

// For what talks to a device by a library that takes an interrupted system call for a failure, and would
// leave in the device what it had to clear away. For programs with cancel.hpp's handler.
#pragma once

#include <csignal>

namespace imgcrypt {

// As long as it lives, the signals that cancel wait, in this thread and in threads that are started
// meanwhile.
class CancelHold {
 public:
  CancelHold() noexcept;
  ~CancelHold() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  CancelHold(const CancelHold&) = delete;
  CancelHold& operator=(const CancelHold&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace imgcrypt

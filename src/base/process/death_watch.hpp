// Ends our children with their process groups when we die in a way that runs no destructor: by SIGKILL, or
// the OOM killer. What has not ended kTimeToEnd later, as its input has ended, is killed. A small child of
// ours waits for the end of a pipe that only we hold. It keeps a copy of our memory as it was when the watch
// was made: make it before keys are read. Used by spawn and ChildProcess.
#pragma once

#include "base/process/pipe.hpp"

#include <sys/types.h>

#include <chrono>

namespace imgcrypt {

// How long a program may take to end by itself once nobody asks it any more: enough to log out of a token, or
// to clear out of a TPM what it has loaded there.
inline constexpr std::chrono::milliseconds kTimeToEnd{2000};

// Safe for use by several threads. Watches over 1024 children at a time; others are passed over.
class DeathWatch {
 public:
  // Forks. Throws kOther when there may be no more processes or open files.
  DeathWatch();
  // Ends what is still watched, as at our death, and then itself.
  ~DeathWatch();
  DeathWatch(const DeathWatch&) = delete;
  DeathWatch& operator=(const DeathWatch&) = delete;

  // The child leads a process group. A child may add itself between fork and exec: nothing is allocated.
  // Remove it before it is reaped, for then its number may become another's.
  void add(pid_t child) const noexcept { tell(child); }
  void remove(pid_t child) const noexcept { tell(-child); }

 private:
  // Writes the number, negated to remove it.
  void tell(pid_t word) const noexcept;

  // Its write end, which nobody else may hold: its closing is the news of our death.
  Fd pipe_;
  pid_t child_ = -1;
};

}  // namespace imgcrypt

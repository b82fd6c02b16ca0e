// Kills our children with their process groups when we die in a way that runs no destructor: by SIGKILL, or
// the OOM killer. A small child of ours waits for the end of a pipe that only we hold. It has what our memory
// held when it was made: make it before keys are read.
#pragma once

#include "base/process/pipe.hpp"

#include <sys/types.h>

namespace imgcrypt {

// Safe for use by several threads. Ends, and its child with it, when it is destroyed.
class DeathWatch {
 public:
  DeathWatch();  // forks; throws kOther
  ~DeathWatch();
  DeathWatch(const DeathWatch&) = delete;
  DeathWatch& operator=(const DeathWatch&) = delete;

  // Also for a child between fork and exec: neither allocates.
  void add(pid_t child) const noexcept { tell(child); }
  void remove(pid_t child) const noexcept { tell(-child); }

 private:
  void tell(pid_t word) const noexcept;

  Fd pipe_;
  pid_t child_ = -1;
};

}  // namespace imgcrypt

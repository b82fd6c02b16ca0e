// Kills the process groups of our children when we die in a way that runs no destructor: by SIGKILL, or the
// OOM killer. A small child of ours waits for the end of a pipe that only we hold.
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

namespace imgcrypt {

// Safe for use by several threads. Ends, and its child with it, when it is destroyed.
class DeathWatch {
 public:
  DeathWatch();  // forks; throws kOther
  ~DeathWatch();
  DeathWatch(const DeathWatch&) = delete;
  DeathWatch& operator=(const DeathWatch&) = delete;

  void add(pid_t group) noexcept { tell(group); }
  void remove(pid_t group) noexcept { tell(-group); }

 private:
  void tell(pid_t word) noexcept;

  Fd pipe_;
  pid_t child_ = -1;
};

}  // namespace imgcrypt

#include "base/process/fork.hpp"

#include "base/process/fd.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace imgcrypt {
namespace {

constexpr std::string_view kAllowMore =
    "allow more processes: see ulimit -u and the control group's pids.max";

}  // namespace

bool is_fork_failure(const Error& error) noexcept { return error.hint() == kAllowMore; }

pid_t fork_child(const char* purpose) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  // Before the fork: in the child it would be too late for a signal that comes in between.
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::fork();
  if (child == 0) return child;
  // Kept, as the next call may change it.
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child > 0) return child;
  throw Error(ErrorCode::kOther, errno_error(purpose, error).message(), std::string(kAllowMore));
}

}  // namespace imgcrypt

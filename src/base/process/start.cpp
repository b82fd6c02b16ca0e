#include "base/process/start.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>

namespace imgcrypt {
namespace {

void occupy_descriptors(int last) {
  for (int fd = STDIN_FILENO; fd <= last; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // open takes the lowest free number, and those below are taken.
    if (::open("/dev/null", O_RDONLY) < 0) throw errno_error("open /dev/null");
  }
}

void reset_signals() {
  std::signal(SIGCHLD, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  // The write then fails with EFBIG, and what is half-made is removed.
  std::signal(SIGXFSZ, SIG_IGN);
  install_cancel_handler();
  // Last: a signal that has been waiting for it comes now.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void protect_secrets() {
  const rlimit no_core_file = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core_file);
  // Besides core files, this keeps other processes of the user from ptrace and /proc/PID/mem.
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace

void prepare_process(int last) {
  occupy_descriptors(last);
  reset_signals();
  protect_secrets();
}

}  // namespace imgcrypt

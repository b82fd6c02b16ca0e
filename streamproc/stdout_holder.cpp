#include "streamproc/stdout_holder.hpp"

#include "base/process/fork.hpp"
#include "base/process/pipe.hpp"
#include "streamproc/sandbox/system_calls.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <exception>

namespace imgcrypt::streamproc {
namespace {

void sleep_milliseconds(long milliseconds) {
  const timespec time = {milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  ::nanosleep(&time, nullptr);
}

// Signal 0 only asks (kill(2)). A zombie still takes signals: ESRCH means that its parent has its exit
// status. The descriptor cannot come to mean another process, as a number could.
bool is_reaped(long parent) {
  return ::syscall(SYS_pidfd_send_signal, parent, 0, nullptr, 0) != 0 && errno == ESRCH;
}

// Whoever waits for the end of stdin, stderr or the payload's pipe must not wait for us. The loop is for the
// few below the two that stay; close_range takes the rest at once, and is missing before Linux 5.9.
void close_all_but_stdout(int word, long parent) {
  const int highest = std::max(word, static_cast<int>(parent));
  for (int fd = 0; fd < highest; ++fd) {
    if (fd != STDOUT_FILENO && fd != word && fd != parent) ::close(fd);
  }
  ::syscall(SYS_close_range, highest + 1, ~0U, 0);
}

// As far as this kernel can: a holder that is not shut in is better than none.
void shut_in_holder() noexcept {
  try {
    if (has_seccomp()) allow_holding();
  } catch (const std::exception&) {
    return;
  }
}

[[noreturn]] void hold(int word, long parent) {
  close_all_but_stdout(word, parent);
  shut_in_holder();
  char byte = 0;
  ssize_t size = -1;
  while ((size = ::read(word, &byte, 1)) < 0 && errno == EINTR) continue;
  // _exit, as the exit handlers and buffers that we have a copy of are our parent's.
  if (size == 1) ::_exit(0);
  // Our parent is dead. Its parent has 2 s to notice, then we give up.
  for (int waited = 0; waited < 2000 && !is_reaped(parent); ++waited) sleep_milliseconds(1);
  sleep_milliseconds(50);  // containerd has reaped us, but not noted the status yet
  ::_exit(0);
}

}  // namespace

StdoutHolder::StdoutHolder() {
  Pipe pipe = make_pipe();
  word_ = std::move(pipe.write_end);
  // -1 on old kernels: the holder then waits its 2 s.
  const Fd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): the pipe comes first
  child_ = fork_child("start the process that keeps stdout open");
  // Out of our process group, so that whoever kills the group does not kill it too: stdout would end, and a
  // failure be taken for success. Both do it, as either may run first, and neither may go on before.
  ::setpgid(child_, child_);
  if (child_ == 0) {
    word_.reset();  // or our own copy would keep the pipe from ending
    hold(pipe.read_end.get(), self.get());
  }
}

void StdoutHolder::succeed() {
  write_all(word_.get(), as_bytes("k"), "tell the process that keeps stdout open");
  // Before we end, so that stdout closes with us and not a moment later.
  ::waitpid(child_, nullptr, 0);
}

}  // namespace imgcrypt::streamproc

#include "streamproc/stdout_holder.hpp"

#include "base/process/fork.hpp"
#include "base/process/pipe.hpp"
#include "streamproc/sandbox/system_calls.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <exception>
#include <string_view>

namespace imgcrypt::streamproc {
namespace {

constexpr std::string_view kKilled =
    "ctd-decoder: error: killed before the layer was done, for example for lack of memory; the kernel's log "
    "(dmesg) may "
    "say why\n";

void sleep_milliseconds(long milliseconds) {
  const timespec time = {milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  ::nanosleep(&time, nullptr);
}

// Signal 0 only asks (kill(2)). A zombie still takes signals: ESRCH means that its parent has its exit
// status. The descriptor cannot come to mean another process, as a number could.
bool is_reaped(long parent) {
  return ::syscall(SYS_pidfd_send_signal, parent, 0, nullptr, 0) != 0 && errno == ESRCH;
}

// Whoever waits for the end of stdin or the payload's pipe must not wait for us. The loop is for the few
// below the two that stay; close_range takes the rest at once, and is missing before Linux 5.9.
void close_all_but_outputs(int word, long parent) {
  const int highest = std::max(word, static_cast<int>(parent));
  for (int fd = 0; fd < highest; ++fd) {
    if (fd != STDOUT_FILENO && fd != STDERR_FILENO && fd != word && fd != parent) ::close(fd);
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

constexpr char kSuccess = 'k';
constexpr char kToldFailure = 'f';
constexpr char kDeath = 0;

// The parent's next word.
char read_word(int pipe) {
  char word = kDeath;
  ssize_t size = -1;
  while ((size = ::read(pipe, &word, 1)) < 0 && errno == EINTR) continue;
  return size == 1 ? word : kDeath;
}

// Without waiting for a reader: stdout must be held whatever becomes of stderr.
void tell_death() {
  pollfd stderr_now = {STDERR_FILENO, POLLOUT, 0};
  if (::poll(&stderr_now, 1, 0) != 1 || (stderr_now.revents & POLLOUT) == 0) return;
  // What cannot be written cannot be told elsewhere either.
  [[maybe_unused]] const ssize_t size = ::write(STDERR_FILENO, kKilled.data(), kKilled.size());
}

[[noreturn]] void hold(int pipe, long parent) {
  close_all_but_outputs(pipe, parent);
  shut_in_holder();
  const char word = read_word(pipe);
  // _exit, as the exit handlers and buffers that we have a copy of are our parent's.
  if (word == kSuccess) ::_exit(0);
  if (word == kDeath) tell_death();
  // containerd takes the exit status only when nobody holds stderr, and must have it before stdout ends.
  ::close(STDERR_FILENO);
  if (word == kToldFailure) read_word(pipe);
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
  write_all(word_.get(), as_bytes({&kSuccess, 1}), "tell the process that keeps stdout open");
  // Before we end, so that stdout closes with us and not a moment later.
  ::waitpid(child_, nullptr, 0);
}

void StdoutHolder::failure_is_told() noexcept {
  // If it does not hear of it, two reasons are told instead of one.
  [[maybe_unused]] const ssize_t size = ::write(word_.get(), &kToldFailure, 1);
}

}  // namespace imgcrypt::streamproc

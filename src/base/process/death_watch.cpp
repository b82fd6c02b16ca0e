#include "base/process/death_watch.hpp"

#include "base/process/fork.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostGroups = 1024;

// Runs in the child of a process that may have threads: nothing here allocates or locks.
class Groups {
 public:
  // A group to watch goes to a free place, a negative one frees its place. Without a free place it is passed
  // over.
  void hear(pid_t word) noexcept {
    const pid_t group = word > 0 ? word : -word;
    const pid_t from = word > 0 ? 0 : group;
    const pid_t to = word > 0 ? group : 0;
    for (pid_t& place : groups_) {
      if (place != from) continue;
      place = to;
      return;
    }
  }

  // Gives them kTimeToEnd.
  void wait_for_all() const noexcept {
    constexpr int kPauseMilliseconds = 10;
    for (auto left = kTimeToEnd.count(); left > 0 && is_any_left(); left -= kPauseMilliseconds)
      ::usleep(1000 * kPauseMilliseconds);
  }

  void kill_all() const noexcept {
    for (const pid_t group : groups_) {
      if (group <= 0) continue;
      ::kill(-group, SIGKILL);
      ::kill(group, SIGKILL);  // it may have left its group
    }
  }

 private:
  [[nodiscard]] bool is_any_left() const noexcept {
    return std::ranges::any_of(groups_, [](pid_t group) { return group > 0 && ::kill(-group, 0) == 0; });
  }

  std::array<pid_t, kMostGroups> groups_{};
};

[[noreturn]] void watch(int pipe) {
  // Whoever waits for the end of our parent's output must not wait for us.
  ::syscall(SYS_close_range, 0, pipe - 1, 0);
  ::syscall(SYS_close_range, pipe + 1, ~0U, 0);
  Groups groups;
  pid_t word = 0;
  ssize_t size = 0;
  while ((size = ::read(pipe, &word, sizeof word)) == sizeof word || (size < 0 && errno == EINTR)) {
    if (size > 0) groups.hear(word);
  }
  groups.wait_for_all();
  groups.kill_all();
  ::_exit(0);
}

}  // namespace

DeathWatch::DeathWatch() {
  Pipe pipe = make_pipe();
  pipe_ = std::move(pipe.write_end);
  // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer): the pipe comes first
  child_ = fork_child("start a helper process");
  // What kills our process group must not kill the watch. Both do it, as either may run first.
  ::setpgid(child_, child_);
  if (child_ == 0) watch(pipe.read_end.get());
}

DeathWatch::~DeathWatch() {
  // The child sees the end of the pipe only after this, so it must come before we wait.
  pipe_.reset();
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void DeathWatch::tell(pid_t word) const noexcept {
  // Less than PIPE_BUF: written whole or not at all. A watch that somebody killed cannot be told anything.
  while (::write(pipe_.get(), &word, sizeof word) < 0 && errno == EINTR) continue;
}

}  // namespace imgcrypt

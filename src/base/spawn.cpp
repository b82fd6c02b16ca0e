#include "base/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>

namespace imgcrypt {
namespace {

// Out of the way of the three numbers that the program's own are moved to.
Fd above_standard(Fd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  const int high = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (high < 0) throw errno_error("fcntl");
  return Fd(high);
}

class Actions {
 public:
  Actions() { ::posix_spawn_file_actions_init(&actions_); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void give(const Fd& fd, int as) { ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), as); }
  // Also those that we inherited ourselves, such as a passphrase's.
  void close_others() { ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw errno_error("pipe");
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  return {above_standard(std::move(read_end)), above_standard(std::move(write_end))};
}

pid_t spawn(const Program& program, const Fd& input, const Fd& output, const Fd& errors) {
  Actions actions;
  actions.give(input, STDIN_FILENO);
  actions.give(output, STDOUT_FILENO);
  actions.give(errors, STDERR_FILENO);
  actions.close_others();
  std::vector<char*> arguments = {const_cast<char*>(program.path.c_str())};
  for (const std::string& argument : program.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const Attributes attributes;
  pid_t pid = -1;
  const int failure =
      ::posix_spawnp(&pid, program.path.c_str(), actions.get(), attributes.get(), arguments.data(), environ);
  if (failure != 0) throw errno_error("start " + program.path, failure);
  return pid;
}

}  // namespace imgcrypt

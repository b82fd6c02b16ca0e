#include "base/process/spawn.hpp"

#include "base/process/fork.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace imgcrypt {
namespace {

// posix_spawn would do all of this but tell the watch: we might be killed between the program's start and our
// telling. What runs in the child is safe in one whose parent has threads: it neither allocates nor locks.
[[noreturn]] void become(const char* path, char* const* arguments, const int (&standard)[3],
                         const Fd& failure, const DeathWatch& watch) {
  // First, as the watch is told of a group.
  ::setpgid(0, 0);
  watch.add(::getpid());
  // The copies do not close on exec.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) ::dup2(standard[fd], fd);
  // The failure's end closes on exec; what we inherited ourselves, such as a passphrase's, may not.
  ::syscall(SYS_close_range, STDERR_FILENO + 1, failure.get() - 1, 0);
  ::syscall(SYS_close_range, failure.get() + 1, ~0U, 0);
  // exec keeps ignored signals ignored, and we ignore SIGPIPE. SIGKILL and SIGSTOP fail, which is all right.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(path, arguments);
  const int error = errno;
  while (::write(failure.get(), &error, sizeof error) < 0 && errno == EINTR) continue;
  ::_exit(127);
}

// 0 when the program runs: the pipe has closed without a word.
int read_failure(const Fd& pipe) {
  int error = 0;
  while (::read(pipe.get(), &error, sizeof error) < 0 && errno == EINTR) continue;
  return error;
}

bool is_executable(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_program(const std::string& path) {
  if (path.find('/') != std::string::npos) return is_executable(path) ? std::optional(path) : std::nullopt;
  const char* variable = ::getenv("PATH");
  std::istringstream folders(variable == nullptr ? "/bin:/usr/bin" : variable);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = (folder.empty() ? "." : folder) + "/" + path;
    if (is_executable(candidate)) return candidate;
  }
  return std::nullopt;
}

pid_t spawn(const Program& program, const Fd& input, const Fd& output, const Fd& errors,
            const DeathWatch& watch) {
  std::vector<char*> arguments = {const_cast<char*>(program.path.c_str())};
  for (const std::string& argument : program.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string file = find_program(program.path).value_or(program.path);
  Pipe failure = make_pipe();
  const int standard[3] = {input.get(), output.get(), errors.get()};
  const std::string purpose = "start " + program.path;
  const pid_t pid = fork_child(purpose.c_str());
  if (pid == 0) become(file.c_str(), arguments.data(), standard, failure.write_end, watch);
  // Otherwise our own end would keep the pipe open, and the next read would wait for ever.
  failure.write_end.reset();
  if (const int error = read_failure(failure.read_end); error != 0) {
    // Before it is reaped, for then its number may become another's.
    watch.remove(pid);
    ::waitpid(pid, nullptr, 0);
    throw errno_error(purpose, error);
  }
  return pid;
}

}  // namespace imgcrypt

#include "cli/doctor/last_commands.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstring>

namespace imgcrypt::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kMostTime{30};

// Signals wake it, and are passed over.
int wait_for(pid_t child, const DeathWatch& watch) {
  const auto deadline = Clock::now() + kMostTime;
  bool is_killed = false;
  for (;;) {
    siginfo_t info = {};
    // Before it is reaped, the watch must forget it.
    const int found = ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT);
    if (found != 0 && errno != EINTR) return -1;
    if (found == 0 && info.si_pid == child) break;
    if (!is_killed && Clock::now() > deadline) {
      is_killed = true;
      ::kill(-child, SIGKILL);
    }
    ::poll(nullptr, 0, 5);
  }
  watch.remove(child);
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

}  // namespace

bool LastCommands::run_into(const Fd& output, const std::vector<std::string>& arguments) const {
  Program program = program_;
  program.arguments.insert(program.arguments.end(), arguments.begin(), arguments.end());
  const Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  return wait_for(spawn(program, nothing, output, nothing, watch_), watch_) == 0;
}

std::string LastCommands::output_of(const std::vector<std::string>& arguments) const noexcept {
  try {
    const Fd file(::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file.is_open() || !run_into(file, arguments)) return {};
    std::string text(std::size_t{64} * 1024, '\0');
    const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  } catch (const std::exception&) {
    return {};
  }
}

bool LastCommands::run(const std::vector<std::string>& arguments) const noexcept {
  try {
    const Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    return run_into(nothing, arguments);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace imgcrypt::cli

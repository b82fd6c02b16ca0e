#include "base/orphans.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <vector>

namespace imgcrypt {
namespace {

// A child belongs to the thread that started it, an orphan to any.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "children");
    for (pid_t pid = 0; file >> pid;) found.push_back(pid);
  }
  return found;
}

bool kill_once(pid_t spared) {
  bool is_any = false;
  for (const pid_t pid : children()) {
    if (pid == spared || ::kill(pid, SIGKILL) != 0) continue;
    ::waitpid(pid, nullptr, 0);
    is_any = true;
  }
  return is_any;
}

}  // namespace

void adopt_orphans() noexcept { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void kill_orphans(pid_t spared) noexcept {
  try {
    while (kill_once(spared)) continue;
  } catch (const std::exception&) {
    return;  // without /proc they are not ours to find
  }
}

}  // namespace imgcrypt

#include "base/orphans.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>

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

}  // namespace

Orphans::Orphans() {
  try {
    spared_ = children();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  } catch (const std::exception&) {
    return;  // without /proc there is no telling them apart: none is adopted
  }
}

void Orphans::kill() const noexcept {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  try {
    while (std::chrono::steady_clock::now() < deadline && kill_once()) continue;
  } catch (const std::exception&) {
    return;
  }
}

bool Orphans::kill_once() const {
  bool is_any = false;
  for (const pid_t pid : children()) {
    if (std::ranges::find(spared_, pid) != spared_.end() || ::kill(pid, SIGKILL) != 0) continue;
    ::waitpid(pid, nullptr, 0);
    is_any = true;
  }
  return is_any;
}

}  // namespace imgcrypt

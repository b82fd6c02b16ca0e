#include "base/process/orphans.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>

namespace imgcrypt {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostBytes = 1024 * 1024;
// An orphan that keeps forking could go on for ever.
constexpr std::chrono::seconds kMostTime{1};

// For those that end by themselves, such as one that removes what a provider has left on disk.
constexpr std::chrono::milliseconds kForEnding{500};

// A child belongs to the thread that started it, an orphan to any.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const std::string path = task.path() / "children";
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) continue;  // the thread has ended
    const Bytes bytes = read_all(file.get(), kMostBytes, path);
    std::string_view text = as_text(bytes);
    for (std::size_t end = 0; (end = text.find(' ')) != std::string_view::npos; text.remove_prefix(end + 1))
      found.push_back(std::stoi(std::string(text.substr(0, end))));
  }
  return found;
}

// Far cheaper than to list them.
bool has_children() noexcept {
  siginfo_t info = {};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

}  // namespace

Orphans::Orphans() {
  try {
    // Before we adopt: these children are not ours but those of what we replaced by exec.
    if (has_children()) spared_ = children();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  } catch (const std::exception&) {
    return;  // there is no telling them apart: none is adopted
  }
}

void Orphans::kill() const noexcept {
  const auto patience = Clock::now() + kForEnding;
  const auto deadline = patience + kMostTime;
  try {
    while (has_children() && reap_once() && Clock::now() < patience) ::usleep(1000);
    while (has_children() && kill_once() && Clock::now() < deadline) continue;
  } catch (const std::exception&) {
    return;
  }
}

bool Orphans::reap_once() const {
  bool is_any = false;
  for (const pid_t pid : children()) {
    if (std::ranges::find(spared_, pid) == spared_.end() && ::waitpid(pid, nullptr, WNOHANG) == 0)
      is_any = true;
  }
  return is_any;
}

bool Orphans::kill_once() const {
  // What they leave behind becomes our child only when they have ended, hence the rounds of kill().
  bool is_any = false;
  for (const pid_t pid : children()) {
    if (std::ranges::find(spared_, pid) != spared_.end() || ::kill(pid, SIGKILL) != 0) continue;
    is_any = true;
    // Never blocking: one that hangs in the kernel, or that a debugger holds, does not end although it was
    // killed.
    if (::waitpid(pid, nullptr, WNOHANG) == 0) ::usleep(1000);
  }
  return is_any;
}

}  // namespace imgcrypt

// Processes that a program of ours started, detached from itself and left behind. For mains only: whoever
// links us as a library has children of its own.
#pragma once

#include <sys/types.h>

#include <vector>

namespace imgcrypt {

class Orphans {
 public:
  // From now on they become our children instead of init's. Children that exist already were not started by
  // us, but by what this program replaced by exec, or are to live on: they are never touched.
  Orphans();
  // Nor is this one.
  void spare(pid_t child) { spared_.push_back(child); }

  // Kills all other children, and theirs that they leave in turn; gives up after a second.
  void kill() const noexcept;

 private:
  [[nodiscard]] bool kill_once() const;

  std::vector<pid_t> spared_;
};

}  // namespace imgcrypt

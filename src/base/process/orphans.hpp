// Processes that a program of ours started, such as a key provider's daemon, and left behind when it ended.
// One of these is made in each main before anything is started; whoever links us as a library has children of
// its own. One thread at a time.
#pragma once

#include <sys/types.h>

#include <vector>

namespace imgcrypt {

class Orphans {
 public:
  // From now on orphans become our children instead of init's. The children that we have already are never
  // touched: they belong to what this program replaced by exec. Without /proc there is no telling them apart,
  // and none is adopted.
  Orphans();
  // A child of ours that is to live on.
  void spare(pid_t child) { spared_.push_back(child); }

  // Reaps all other children, and those that they leave in turn; kills what has not ended after half a
  // second. Returns within about two seconds, whatever they do: one that does not end in time, or that runs
  // as a user whom we may not kill, is left to init.
  void kill() const noexcept;

 private:
  // False when none of them is left.
  [[nodiscard]] bool reap_once() const;
  // False when no child was left that we may kill.
  [[nodiscard]] bool kill_once() const;

  std::vector<pid_t> spared_;
};

}  // namespace imgcrypt

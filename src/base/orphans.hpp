// Processes that a program of ours started, detached from itself and left behind. For mains only: whoever
// links us as a library has children of its own.
#pragma once

#include <sys/types.h>

namespace imgcrypt {

// From now on they become our children instead of init's.
void adopt_orphans() noexcept;

// Kills all of our children but `spared`, and theirs that they leave in turn.
void kill_orphans(pid_t spared = 0) noexcept;

}  // namespace imgcrypt

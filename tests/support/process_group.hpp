// Process groups whose leaders are not children of the test.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace imgcrypt::test {

// Whether no process of the group is left, after 10 s at the latest.
// REQUIRES: Orphans, because a zombie would count.
inline bool ends(pid_t group) {
  for (int i = 0; i < 1'000; ++i) {
    while (::waitpid(-group, nullptr, WNOHANG) > 0) continue;
    if (::kill(-group, 0) != 0) return true;
    ::usleep(10'000);
  }
  return false;
}

}  // namespace imgcrypt::test

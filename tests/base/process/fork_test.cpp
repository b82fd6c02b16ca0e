#include "base/process/fork.hpp"

#include "base/process/fd.hpp"
#include "support/in_child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <type_traits>

namespace imgcrypt {
namespace {

using namespace test;

// A temporary of the call would be freed in the child, which hangs when another thread held the allocator's
// lock.
static_assert(!std::is_invocable_v<decltype(&fork_child), std::string>);

// The limit does not bind root; the number is nobody's.
void allow_no_process() {
  if (::geteuid() == 0 && ::setresuid(1'234'567, 1'234'567, 1'234'567) != 0) throw errno_error("setresuid");
  const rlimit none = {0, 0};
  ::setrlimit(RLIMIT_NPROC, &none);
}

TEST(ForkChild, SaysWhatCouldNotBeStartedAndWhatToDo) {
  EXPECT_EQ(in_child([]() -> std::string {
              allow_no_process();
              try {
                if (fork_child("start the oven") == 0) ::_exit(0);
              } catch (const Error& error) {
                return error.message() + "; " + error.hint();
              }
              return "started";
            }),
            "start the oven: Resource temporarily unavailable; allow more processes: see ulimit -u and the "
            "control group's pids.max");
}

TEST(ForkChild, BlocksSignalsInTheChildAlone) {
  const pid_t child = fork_child("start a child");
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  if (child == 0) ::_exit(::sigismember(&blocked, SIGTERM));
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_EQ(::sigismember(&blocked, SIGTERM), 0);
}

}  // namespace
}  // namespace imgcrypt

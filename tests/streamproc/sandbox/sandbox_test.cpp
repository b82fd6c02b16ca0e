#include "streamproc/sandbox/sandbox.hpp"

#include "base/process/fd.hpp"
#include "streamproc/sandbox/landlock.hpp"
#include "streamproc/sandbox/system_calls.hpp"
#include "support/no_open_files.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>
#include <system_error>
#include <thread>

namespace imgcrypt::streamproc {
namespace {

using namespace test;

// What a probe's exit status says.
constexpr int kDone = 0;
constexpr int kRefused = 1;  // by an error of the system, which errno names

enum class Phase { kOpening, kWriting };

int opened(const std::string& path, int flags) {
  return ::open(path.c_str(), flags | O_CLOEXEC, 0600) < 0 ? kRefused : kDone;
}

// Each probe runs in a process of its own that is shut in, for good.
class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    folder_.write("store/manifest", "{}");
    folder_.write("outside", "secret");
  }

  void SetUp() override {
    // Not a skip: this build or kernel has no sandbox, which the first test would report.
    ASSERT_NE(describe_sandbox(), "none");
  }

  [[nodiscard]] std::string store() const { return folder_.path() / "store"; }
  [[nodiscard]] std::string outside() const { return folder_.path() / "outside"; }

  // Does not return.
  void probe(Phase phase, const std::function<int()>& act, pid_t broker = 0) const {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    shut_in(SandboxMode::kAuto, {{store(), "/no/keys"}, broker});
    if (phase == Phase::kWriting) narrow(SandboxMode::kAuto);
    ::_exit(act());
  }

  void expect_exit(Phase phase, int status, const std::function<int()>& act) const {
    EXPECT_EXIT(probe(phase, act), testing::ExitedWithCode(status), "");
  }
  void expect_killed(Phase phase, const std::function<int()>& act) const {
    EXPECT_EXIT(probe(phase, act), testing::KilledBySignal(SIGSYS), "");
  }
  void expect_killed(const std::function<int()>& act) const {
    for (const Phase phase : {Phase::kOpening, Phase::kWriting}) expect_killed(phase, act);
  }

  ScratchFolder folder_;
};

TEST_F(SandboxTest, ReadsTheStoreAlone) {
  expect_exit(Phase::kOpening, kDone, [&] { return opened(store() + "/manifest", O_RDONLY); });
  expect_exit(Phase::kOpening, kRefused, [&] { return opened(outside(), O_RDONLY); });
  expect_exit(Phase::kOpening, kRefused, [] { return opened("/etc/shadow", O_RDONLY); });
  // A link in the store opens no way out.
  ASSERT_EQ(::symlink(outside().c_str(), (store() + "/link").c_str()), 0);
  expect_exit(Phase::kOpening, kRefused, [&] { return opened(store() + "/link", O_RDONLY); });
}

TEST_F(SandboxTest, IsAFailureWhereItIsRequiredAndNotOffered) {
  const auto act = [&] {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const auto error = error_of([&] { shut_in(SandboxMode::kRequire, {{store()}, 0}); });
    ::_exit(error ? kRefused : kDone);
  };
  EXPECT_EXIT(act(), testing::ExitedWithCode(missing_from_sandbox().empty() ? kDone : kRefused), "");
}

TEST_F(SandboxTest, DoesWithoutLandlockWhereNoFileCanBeOpenedUnlessItIsRequired) {
  const auto act = [&](SandboxMode mode) {
    let_every_open_fail();
    const auto error = error_of([&] { shut_in(mode, {{store()}, 0}); });
    ::_exit(error ? kRefused : kDone);
  };
  EXPECT_EXIT(act(SandboxMode::kAuto), testing::ExitedWithCode(kDone), "");
  EXPECT_EXIT(act(SandboxMode::kRequire), testing::ExitedWithCode(kRefused), "");
}

TEST_F(SandboxTest, IsOffWhenItIsNotWanted) {
  shut_in(SandboxMode::kOff, {});
  narrow(SandboxMode::kOff);
  EXPECT_EQ(opened(outside(), O_RDONLY), kDone);
}

// The sanitizers make system calls of their own, so under them there are no filters (has_seccomp).
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

int in_a_thread(const std::function<void()>& work) {
  try {
    std::thread(work).join();
    return kDone;
  } catch (const std::system_error&) {
    return kRefused;
  }
}

TEST_F(SandboxTest, OpensNothingOnceItWrites) {
  expect_exit(Phase::kWriting, kRefused, [&] { return opened(store() + "/manifest", O_RDONLY); });
}

TEST_F(SandboxTest, WritesNoFile) {
  expect_killed([&] { return opened(store() + "/new", O_WRONLY | O_CREAT); });
  expect_killed([&] { return opened(store() + "/manifest", O_RDWR); });
  expect_killed([&] { return opened(store(), O_TMPFILE | O_WRONLY); });
  expect_killed([&] { return ::unlink((store() + "/manifest").c_str()); });
  expect_killed([&] { return ::mkdir((store() + "/new").c_str(), 0700); });
}

TEST_F(SandboxTest, StartsNoProgramAndNoProcess) {
  expect_killed([] { return ::execl("/bin/true", "true", nullptr); });
  expect_killed([] { return ::fork() < 0 ? kRefused : kDone; });
}

TEST_F(SandboxTest, ReachesNoNetworkAndNoOtherProcess) {
  expect_killed([] { return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? kRefused : kDone; });
  expect_killed([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? kRefused : kDone; });
  expect_killed([] { return ::kill(::getppid(), SIGTERM) == 0 ? kDone : kRefused; });
  expect_killed([] { return ::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr) == 0 ? kDone : kRefused; });
}

TEST_F(SandboxTest, RunsNoMemory) {
  expect_killed([] {
    void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? kRefused : kDone;
  });
}

TEST_F(SandboxTest, StartsThreadsUntilItWrites) {
  expect_exit(Phase::kOpening, kDone, [] { return in_a_thread([] {}); });
  expect_exit(Phase::kWriting, kRefused, [] { return in_a_thread([] {}); });
}

TEST_F(SandboxTest, HoldsThreadsThatRunAlreadyToIt) {
  const auto act = [] {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    std::atomic<bool> is_narrow = false;
    std::thread other([&] {
      while (!is_narrow) std::this_thread::yield();
      (void)::socket(AF_INET, SOCK_STREAM, 0);
      ::_exit(kDone);
    });
    narrow(SandboxMode::kAuto);
    is_narrow = true;
    other.join();
  };
  EXPECT_EXIT(act(), testing::KilledBySignal(SIGSYS), "");
}

TEST_F(SandboxTest, MayEndItsBroker) {
  const auto act = [&](int signal) {
    std::signal(SIGTERM, SIG_IGN);  // it is its own broker
    probe(Phase::kOpening, [&] { return ::kill(::getpid(), signal) == 0 ? kDone : kRefused; }, ::getpid());
  };
  EXPECT_EXIT(act(SIGTERM), testing::ExitedWithCode(kDone), "");
  EXPECT_EXIT(act(SIGKILL), testing::KilledBySignal(SIGSYS), "");
}

#endif

}  // namespace
}  // namespace imgcrypt::streamproc

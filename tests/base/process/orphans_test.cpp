#include "base/process/orphans.hpp"

#include "base/process/fd.hpp"
#include "support/in_child.hpp"

#include <gtest/gtest.h>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

namespace imgcrypt {
namespace {

using namespace test;
using Clock = std::chrono::steady_clock;

pid_t start_sleeper() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::sleep(100);
    ::_exit(0);
  }
  return child;
}

// A child of ours, that leaves a sleeper, whose id is returned, and ends.
pid_t leave_orphan() {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return -1;
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t orphan = start_sleeper();
    ::_exit(::write(ends[1], &orphan, sizeof orphan) == sizeof orphan ? 0 : 1);
  }
  pid_t orphan = -1;
  if (::read(ends[0], &orphan, sizeof orphan) != sizeof orphan) orphan = -1;
  ::waitpid(parent, nullptr, 0);
  return orphan;
}

bool is_there(pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(Orphans, AreKilledAndReaped) {
  EXPECT_EQ(in_child([] {
              const Orphans orphans;
              const pid_t orphan = leave_orphan();
              const bool was_there = is_there(orphan);
              orphans.kill();
              return std::to_string(was_there) + std::to_string(is_there(orphan));
            }),
            "10");
}

TEST(Orphans, AreNotTheChildrenThatWereThereOrThatAreSpared) {
  EXPECT_EQ(in_child([] {
              const pid_t former = start_sleeper();
              Orphans orphans;
              const pid_t spared = start_sleeper();
              orphans.spare(spared);
              const pid_t other = start_sleeper();
              orphans.kill();
              const std::string left = std::to_string(is_there(former)) + std::to_string(is_there(spared)) +
                                       std::to_string(is_there(other));
              ::kill(former, SIGKILL);
              ::kill(spared, SIGKILL);
              return left;
            }),
            "110");
}

// A process that traces another sees its end first, and this one never looks: the other can be killed but not
// reaped.
pid_t start_tracer(pid_t tracee) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return -1;
  const pid_t tracer = ::fork();
  if (tracer == 0) {
    const bool is_tracing = ::ptrace(PTRACE_SEIZE, tracee, nullptr, nullptr) == 0;
    if (::write(ends[1], &is_tracing, sizeof is_tracing) != sizeof is_tracing) ::_exit(1);
    ::sleep(100);
    ::_exit(0);
  }
  bool is_tracing = false;
  if (::read(ends[0], &is_tracing, sizeof is_tracing) != sizeof is_tracing || !is_tracing) return -1;
  return tracer;
}

TEST(Orphans, AreNotWaitedForWhenTheyDoNotEnd) {
  const std::string told = in_child([]() -> std::string {
    Orphans orphans;
    const pid_t child = start_sleeper();
    const pid_t tracer = start_tracer(child);
    if (tracer < 0) return "no tracing here";
    orphans.spare(tracer);
    const auto start = Clock::now();
    orphans.kill();
    const bool is_in_time = Clock::now() - start < std::chrono::seconds(5);
    const bool is_left = is_there(child);
    ::kill(tracer, SIGKILL);
    return std::string(is_in_time ? "in time" : "late") + (is_left ? ", one is left" : ", none is left");
  });
  if (told == "no tracing here") GTEST_SKIP() << told;
  EXPECT_EQ(told, "in time, one is left");
}

}  // namespace
}  // namespace imgcrypt

#include "base/work_time.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace imgcrypt::test {
namespace {

using std::chrono::milliseconds;

std::chrono::nanoseconds time_of(Work work) { return work_times()[static_cast<std::size_t>(work)]; }

void work_for(Work work, milliseconds time) {
  const WorkTimer timer(work);
  std::this_thread::sleep_for(time);
}

TEST(WorkTime, AddsUpThreads) {
  const auto before = time_of(Work::kRead);
  {
    const std::jthread other([] { work_for(Work::kRead, milliseconds(5)); });
    work_for(Work::kRead, milliseconds(5));
  }
  EXPECT_GE(time_of(Work::kRead) - before, milliseconds(10));
}

TEST(WorkTime, CountsInnerWorkAsItsOwnOnly) {
  const auto write = time_of(Work::kWrite);
  const auto sync = time_of(Work::kSync);
  const auto start = std::chrono::steady_clock::now();
  {
    const WorkTimer timer(Work::kWrite);
    work_for(Work::kSync, milliseconds(20));
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto all = std::chrono::steady_clock::now() - start;
  EXPECT_GE(time_of(Work::kSync) - sync, milliseconds(20));
  EXPECT_GE(time_of(Work::kWrite) - write, milliseconds(1));
  EXPECT_LE((time_of(Work::kWrite) - write) + (time_of(Work::kSync) - sync), all);
}

TEST(WorkTime, NamesEveryKind) {
  for (std::size_t kind = 0; kind < kWorkKinds; ++kind)
    EXPECT_FALSE(name_of(static_cast<Work>(kind)).empty());
}

}  // namespace
}  // namespace imgcrypt::test

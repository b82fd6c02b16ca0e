#include "base/parallel.hpp"

#include "base/stream/stoppable_source.hpp"
#include "support/slow_source.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace imgcrypt {
namespace {

using namespace test;

TEST(RunParallel, RunsEachTaskOnce) {
  for (const unsigned jobs : {0U, 1U, 4U, 100U}) {
    StopFlag stop{false};
    std::vector<std::atomic<int>> runs(50);
    run_parallel(runs.size(), jobs, stop, [&](std::size_t i) { ++runs[i]; });
    for (const auto& count : runs) EXPECT_EQ(count, 1);
    EXPECT_FALSE(stop);
  }
}

TEST(RunParallel, StartsNothingAfterAFailure) {
  StopFlag stop{false};
  std::size_t runs = 0;
  const auto run = [&] {
    run_parallel(10, 1, stop, [&](std::size_t i) {
      ++runs;
      if (i == 3) throw Error(ErrorCode::kRefused, "three");
    });
  };
  EXPECT_EQ(error_of(run), ErrorCode::kRefused);
  EXPECT_EQ(runs, 4U);
  EXPECT_TRUE(stop);
}

TEST(RunParallel, StopsTheOthersAndThrowsTheFirstFailure) {
  StopFlag stop{false};
  const auto task = [&](std::size_t i) {
    if (i == 0) throw Error(ErrorCode::kIntegrity, "first");
    while (!stop) std::this_thread::yield();
    throw Error(ErrorCode::kCancelled, "stopped");
  };
  EXPECT_EQ(error_of([&] { run_parallel(4, 4, stop, task); }), ErrorCode::kIntegrity);
}

// Which of them is faster must not be seen in the message.
TEST(RunParallel, ThrowsTheFailureOfTheLowestTask) {
  StopFlag stop{false};
  std::latch both_run(2);
  try {
    run_parallel(2, 2, stop, [&](std::size_t i) {
      both_run.arrive_and_wait();
      while (i == 0 && !stop) std::this_thread::yield();
      throw Error(ErrorCode::kProvider, std::to_string(i));
    });
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "0");
  }
}

TEST(StoppableSource, EndsOnceStopped) {
  StopFlag stop{false};
  ChunkPool pool;
  SlowSource inner(to_bytes(as_bytes("ab")), 1, pool);
  StoppableSource source(inner, stop);
  EXPECT_EQ(source.next()->size(), 1U);
  stop = true;
  EXPECT_EQ(error_of([&] { (void)source.next(); }), ErrorCode::kCancelled);
}

TEST(ReadAll, RefusesMoreThanItsLimit) {
  MemorySource exact(to_bytes(as_bytes("abc")));
  EXPECT_EQ(as_text(read_all(exact, 3, "x")), "abc");
  MemorySource longer(to_bytes(as_bytes("abcd")));
  EXPECT_EQ(error_of([&] { (void)read_all(longer, 3, "x"); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt

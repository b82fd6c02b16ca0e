#include "transport/http/stall_clock.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace std::chrono_literals;

TEST(StallClock, RunsOutInSilence) {
  StallClock clock(10s);
  EXPECT_TRUE(clock.go_on(5s, 4'000));
  EXPECT_TRUE(clock.go_on(4s, 4'000));
  EXPECT_FALSE(clock.go_on(1s, 4'000));
  EXPECT_FALSE(clock.is_dripping());
}

TEST(StallClock, RunsOutWhileItDrips) {
  StallClock clock(10s);
  std::uint64_t moved = 0;
  for (int second = 1; second < 10; ++second) EXPECT_TRUE(clock.go_on(1s, moved += 100));
  EXPECT_FALSE(clock.go_on(1s, moved + 100));
  EXPECT_TRUE(clock.is_dripping());
}

TEST(StallClock, BeginsAnewWithProgress) {
  StallClock clock(10s);
  EXPECT_TRUE(clock.go_on(9s, StallClock::kWorthwhile - 1));
  EXPECT_TRUE(clock.go_on(1s, StallClock::kWorthwhile));
  EXPECT_TRUE(clock.go_on(9s, StallClock::kWorthwhile));
  clock.restart(StallClock::kWorthwhile);
  EXPECT_TRUE(clock.go_on(9s, StallClock::kWorthwhile));
  EXPECT_FALSE(clock.go_on(1s, StallClock::kWorthwhile));
}

}  // namespace
}  // namespace imgcrypt

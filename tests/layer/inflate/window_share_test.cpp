#include "layer/inflate/window_share.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace imgcrypt {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kHalf = WindowShare::kMostInSum / 2;

TEST(WindowShare, IsNotNeededForSmallWindows) {
  const WindowShare share;
  EXPECT_TRUE(share.covers(0));
  EXPECT_TRUE(share.covers(WindowShare::kSmall));
  EXPECT_FALSE(share.covers(WindowShare::kSmall + 1));
}

TEST(WindowShare, CoversWindowsUpToItsSize) {
  WindowShare share;
  share.take(kHalf);
  EXPECT_TRUE(share.covers(kHalf));
  EXPECT_FALSE(share.covers(kHalf + 1));
  share.release();
  EXPECT_FALSE(share.covers(kHalf));
}

TEST(WindowShare, WaitsForRoomBesideTheOthers) {
  WindowShare first;
  WindowShare second;
  first.take(kHalf);
  second.take(kHalf);
  std::atomic<bool> has_third = false;
  std::thread thread([&] {
    WindowShare third;
    third.take(kHalf + 1);
    has_third = true;
  });
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(has_third);
  first.release();
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(has_third) << "half and one byte more";
  second.release();
  thread.join();
  EXPECT_TRUE(has_third);
  WindowShare all;
  all.take(WindowShare::kMostInSum);  // the thread has given back its share
}

}  // namespace
}  // namespace imgcrypt

// How often work is begun anew when the network fails.
#include "image/tree/network_tries.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

// The tries of work that always fails so.
int tries_of(const Error& error) {
  const StopFlag never = false;
  int tries = 0;
  EXPECT_THROW(try_network(never,
                           [&] {
                             ++tries;
                             throw Error(error);
                           }),
               Error);
  return tries;
}

TEST(NetworkTries, AreRepeatedForTheNetworkAlone) {
  EXPECT_EQ(tries_of({ErrorCode::kNetwork, "lost"}), kNetworkTries);
  EXPECT_EQ(tries_of({ErrorCode::kRegistry, "refused"}), 1);
}

// Each has taken the whole time limit.
TEST(NetworkTries, EndWithTheSecondSilence) {
  const Error silent(ErrorCode::kNetwork, "no answer");
  EXPECT_EQ(tries_of(silent.after_silences(1)), 2);
  EXPECT_EQ(tries_of(silent.after_silences(2)), 1);
  EXPECT_EQ(tries_of(silent.after_silences(1).in("layer 1")), 2);
}

TEST(NetworkTries, EndWhenOthersHaveFailed) {
  const StopFlag stopped = true;
  int tries = 0;
  EXPECT_THROW(try_network(stopped,
                           [&] {
                             ++tries;
                             throw Error(ErrorCode::kNetwork, "lost");
                           }),
               Error);
  EXPECT_EQ(tries, 1);
}

}  // namespace
}  // namespace imgcrypt::test

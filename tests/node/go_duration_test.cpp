#include "node/examine/go_duration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using testing::Optional;
using namespace std::chrono_literals;

TEST(GoDurationTest, ReadsWhatGoWrites) {
  EXPECT_THAT(parse_go_duration("0"), Optional(0ms));
  EXPECT_THAT(parse_go_duration("5m0s"), Optional(300'000ms));
  EXPECT_THAT(parse_go_duration("1h2m3s4ms"), Optional(3'723'004ms));
}

TEST(GoDurationTest, RefusesEverythingElse) {
  for (const char* text : {"", "5", "m", "5x", "-5m", "1.5s", "5m ", "99999999999h"})
    EXPECT_EQ(parse_go_duration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace imgcrypt

#include "cli/terminal/units.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::cli {
namespace {

TEST(BytesText, TakesTheUnitThatFits) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1024), "1.0 KiB");
  EXPECT_EQ(bytes_text((std::uint64_t{1} << 20U) - 1), "1.0 MiB");
  EXPECT_EQ(bytes_text(std::uint64_t{1536} << 20U), "1.5 GiB");
}

TEST(TimeText, ChangesToHours) {
  EXPECT_EQ(time_text(std::chrono::seconds(7)), "0:07");
  EXPECT_EQ(time_text(std::chrono::minutes(59)), "59:00");
  EXPECT_EQ(time_text(std::chrono::minutes(187)), "3h07");
  EXPECT_EQ(time_text(std::chrono::hours(1000)), "99h59");
}

TEST(FractionText, TakesTheUnitOfTheWhole) {
  EXPECT_EQ(fraction_text(512, 1024 * 1024, " of "), "0.0 of 1.0 MiB");
  EXPECT_EQ(fraction_text(512, 1000, "/"), "512/1000 B");
}

TEST(RateText, IsEmptyBelowAByteASecond) {
  EXPECT_EQ(rate_text(0.9), "");
  EXPECT_EQ(rate_text(2048), "2.0 KiB/s");
}

}  // namespace
}  // namespace imgcrypt::cli

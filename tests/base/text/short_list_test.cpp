#include "base/text/short_list.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

TEST(ShortList, NamesTenAtMost) {
  EXPECT_EQ(short_list({}), "");
  EXPECT_EQ(short_list({"a"}), "a");
  EXPECT_EQ(short_list({"a", "b"}), "a, b");
  EXPECT_EQ(short_list({"a", "b"}, 5), "a, b and 3 more");
  EXPECT_EQ(short_list(std::vector<std::string>(9, "x")), "x, x, x, x, x, x, x, x, x");
  EXPECT_EQ(short_list(std::vector<std::string>(10, "x")), "x, x, x, x, x, x, x, x, x, x");
  EXPECT_EQ(short_list(std::vector<std::string>(11, "x")), "x, x, x, x, x, x, x, x, x, x and 1 more");
}

}  // namespace
}  // namespace imgcrypt

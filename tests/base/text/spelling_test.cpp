#include "base/text/spelling.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

const std::vector<std::string> kNames = {"decrypt", "encrypt", "inspect", "fd"};

TEST(NearestName, IsFoundDespiteAFewWrongLetters) {
  EXPECT_EQ(nearest_name("decrypt", kNames), "decrypt");
  EXPECT_EQ(nearest_name("decrpyt", kNames), "decrypt");
  EXPECT_EQ(nearest_name("encryt", kNames), "encrypt");
  EXPECT_EQ(nearest_name("ennncrypt", kNames), "encrypt");
  EXPECT_EQ(nearest_name("f", kNames), "fd");
}

TEST(NearestName, IsNotGuessed) {
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name("x", kNames), "");
  EXPECT_EQ(nearest_name("something", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'x'), kNames), "");
}

}  // namespace
}  // namespace imgcrypt

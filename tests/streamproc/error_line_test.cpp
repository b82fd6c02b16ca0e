#include "streamproc/error_line.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::streamproc {
namespace {

const std::string kStart = "ctd-decoder: error: ";

TEST(ErrorLine, IsTheMessageAndTheHint) {
  EXPECT_EQ(error_line("no", ""), kStart + "no\n");
  EXPECT_EQ(error_line("no", "go"), kStart + "no; go\n");
  EXPECT_EQ(error_line("n\no\x1b", "g\x80o"), kStart + "n?o?; g?o\n");
}

TEST(ErrorLine, IsAtMostFourKibibytesAndKeepsTheHint) {
  const std::size_t room = kMostErrorBytes - kStart.size() - 1;
  EXPECT_EQ(error_line(std::string(room, 'x'), ""), kStart + std::string(room, 'x') + "\n");
  EXPECT_EQ(error_line(std::string(room + 1, 'x'), ""), kStart + std::string(room - 3, 'x') + "...\n");
  const std::string both = error_line(std::string(100'000, 'x'), "go");
  EXPECT_EQ(both.size(), kMostErrorBytes);
  EXPECT_EQ(both.substr(both.size() - 10), "xx...; go\n");
  EXPECT_LE(error_line(std::string(100'000, 'x'), std::string(100'000, 'y')).size(), kMostErrorBytes);
  EXPECT_LE(error_line("x", std::string(100'000, 'y')).size(), kMostErrorBytes);
}

}  // namespace
}  // namespace imgcrypt::streamproc

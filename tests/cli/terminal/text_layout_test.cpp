#include "cli/terminal/text_layout.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::cli {
namespace {

TEST(BreakLines, IndentsAllLinesButTheFirst) {
  EXPECT_EQ(break_lines("one two three four five six", 24, 10, 4), "one two three\n    four five six");
}

TEST(BreakLines, FillsALineToItsLastColumn) {
  EXPECT_EQ(break_lines("0123456789 0123456789", 21, 0, 0), "0123456789 0123456789");
  EXPECT_EQ(break_lines("0123456789 0123456789", 20, 0, 0), "0123456789\n0123456789");
}

TEST(BreakLines, LeavesLongWordsWhole) {
  EXPECT_EQ(break_lines("a 0123456789012345678901234 b", 20, 0, 0), "a\n0123456789012345678901234\nb");
}

TEST(BreakLines, LeavesTextAsItIsWithoutRoom) {
  EXPECT_EQ(break_lines("one two three four five six", 22, 0, 4), "one two three four five six");
}

TEST(RightAligned, PadsOnTheLeft) {
  EXPECT_EQ(right_aligned("12", 5), "   12");
  EXPECT_EQ(right_aligned("123456", 5), "123456");
}

}  // namespace
}  // namespace imgcrypt::cli

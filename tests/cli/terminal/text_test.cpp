#include "cli/terminal/text.hpp"

#include <gtest/gtest.h>

using namespace imgcrypt::cli;

TEST(Visible, WhatIsShownStaysAsItIs) {
  EXPECT_EQ(visible("plain text, C:\\path"), "plain text, C:\\path");
  EXPECT_EQ(visible("b\u00fccher \u65e5\u672c \U0001f512"), "b\u00fccher \u65e5\u672c \U0001f512");
  EXPECT_EQ(visible(""), "");
}

TEST(Visible, ControlCharactersBecomeEscapes) {
  EXPECT_EQ(visible("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(visible("a\r\n\tb"), "a\\r\\n\\tb");
  EXPECT_EQ(visible(std::string("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(visible("\u0080\u009b2J\u009f\u00a0"), "\\u{80}\\u{9b}2J\\u{9f}\u00a0");
}

TEST(Visible, InvisibleAndBidirectionalCharactersBecomeEscapes) {
  EXPECT_EQ(visible("\u202a\u202e"), "\\u{202a}\\u{202e}");
  EXPECT_EQ(visible("\u2066\u2069\u200f\u061c"), "\\u{2066}\\u{2069}\\u{200f}\\u{61c}");
  EXPECT_EQ(visible("\u200b\u2028\ufeff\U000e0041"), "\\u{200b}\\u{2028}\\u{feff}\\u{e0041}");
}

TEST(Visible, BytesThatAreNotUtf8BecomeEscapes) {
  EXPECT_EQ(visible("\xff"
                    "a"),
            "\\xffa");
  EXPECT_EQ(visible("\xc3"), "\\xc3");  // cut off
  EXPECT_EQ(visible("\x9b"
                    "2J"),
            "\\x9b2J");                                            // C1 as a single byte
  EXPECT_EQ(visible("\xc0\x9b"), "\\xc0\\x9b");                    // overlong
  EXPECT_EQ(visible("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");           // overlong
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(visible("\xe2\x82"
                    "x"),
            "\\xe2\\x82x");
}

TEST(Visible, InAsciiAByteIsAColumn) {
  EXPECT_EQ(visible("b\u00fccher\x1b", Characters::kAscii), "b\\u{fc}cher\\x1b");
}

TEST(Visible, DoingItTwiceChangesNothing) {
  const std::string once = visible("\x1b\u202e\xff\\");
  EXPECT_EQ(visible(once), once);
}

TEST(Text, WhateverIsJoinedIsMadeHarmless) {
  Text text = "a\n";
  text += std::string("\x1b");
  text.end_line() += "b";
  EXPECT_EQ(text.string(), "a\\n\\x1b\nb");
  EXPECT_EQ((Text("a") + "\u202e").string(), "a\\u{202e}");
}

TEST(Text, LinesKeepTheirEnds) {
  EXPECT_EQ(Text::of_lines("a\n\tb\r\n\x1b").string(), "a\n\tb\\r\n\\x1b");
  EXPECT_EQ(Text::of_lines("\n").string(), "\n");
  EXPECT_EQ(Text::of_lines("").string(), "");
}

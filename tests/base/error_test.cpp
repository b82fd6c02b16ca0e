#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

std::string message_of(const std::string& text) { return Error(ErrorCode::kOther, text).message(); }

TEST(Error, HasTextsUpToTheLimit) {
  for (const std::size_t size : {kMostErrorBytes - 1, kMostErrorBytes})
    EXPECT_EQ(message_of(std::string(size, 'x')), std::string(size, 'x'));
  const Error cut(ErrorCode::kOther, std::string(kMostErrorBytes + 1, 'x'),
                  std::string(10 * kMostErrorBytes, 'y'));
  for (const std::string& text : {cut.message(), cut.hint()}) {
    EXPECT_EQ(text.size(), kMostErrorBytes);
    EXPECT_TRUE(text.ends_with(text.front() + std::string(" [...]"))) << text.substr(text.size() - 20);
  }
}

TEST(Error, IsCutBetweenCharacters) {
  const std::string euro = "\u20ac";
  for (std::size_t before = 0; before < 3; ++before) {
    std::string text(before, 'x');
    while (text.size() <= kMostErrorBytes) text += euro;
    const std::string cut = message_of(text);
    EXPECT_LE(cut.size(), kMostErrorBytes);
    EXPECT_TRUE(cut.ends_with(euro + " [...]")) << before;
  }
}

TEST(Error, StaysWithinTheLimitInItsPlace) {
  const Error error = Error(ErrorCode::kOther, "why").in(std::string(5000, 'p')).in("layer 3");
  EXPECT_TRUE(error.message().starts_with("layer 3: ppp"));
  EXPECT_EQ(error.message().size(), kMostErrorBytes);
}

}  // namespace
}  // namespace imgcrypt

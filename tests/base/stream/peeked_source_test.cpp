#include "base/stream/peeked_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace imgcrypt {
namespace {

// Gives a byte at a time.
class ByteSource final : public Source {
 public:
  explicit ByteSource(std::string_view text) : text_(as_bytes(text)) {}
  std::size_t read(MutableByteView buffer) override { return text_.read(buffer.first(1)); }

 private:
  MemorySource text_;
};

TEST(PeekedSource, GivesAllBytesAfterItsHeadWasSeen) {
  for (const std::string text : {"", "a", "abc", "abcd", "abcdefgh"}) {
    ByteSource source(text);
    PeekedSource peeked(source, 4);
    EXPECT_EQ(as_text(peeked.head()), text.substr(0, 4));
    EXPECT_EQ(as_text(read_all(peeked, 100, "text")), text);
  }
}

}  // namespace
}  // namespace imgcrypt

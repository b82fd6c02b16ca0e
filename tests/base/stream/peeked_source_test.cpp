#include "base/stream/peeked_source.hpp"

#include "support/slow_source.hpp"

#include <gtest/gtest.h>

#include <string>

namespace imgcrypt {
namespace {

TEST(PeekedSource, GivesAllBytesAfterItsHeadWasSeen) {
  for (const std::string text : {"", "a", "abc", "abcd", "abcdefgh"}) {
    for (const std::size_t step : {1U, 3U, 100U}) {
      ChunkPool pool;
      test::SlowSource source(to_bytes(as_bytes(text)), step, pool);
      PeekedSource peeked(source, 4);
      EXPECT_EQ(as_text(peeked.head()), text.substr(0, 4));
      EXPECT_EQ(as_text(read_all(peeked, 100, "text")), text);
    }
  }
}

}  // namespace
}  // namespace imgcrypt

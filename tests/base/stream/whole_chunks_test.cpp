#include "base/stream/whole_chunks.hpp"

#include "support/failing_source.hpp"
#include "support/slow_source.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

Bytes counting(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

TEST(WholeChunks, AreAllOfOneSizeButTheLast) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kChunkSize, kChunkSize + 1, 3 * kChunkSize + 7}) {
    for (const std::size_t step : {std::size_t{997}, kChunkSize - 1, kChunkSize}) {
      ChunkPool pool;
      test::SlowSource source(counting(size), step, pool);
      WholeChunks whole(source);
      Bytes all;
      while (const auto chunk = whole.next()) {
        EXPECT_EQ(all.size() % kChunkSize, 0U);
        all.insert(all.end(), chunk->view().begin(), chunk->view().end());
      }
      EXPECT_EQ(all, counting(size)) << size << " by " << step;
      EXPECT_FALSE(whole.next());
    }
  }
}

TEST(WholeChunks, PassOnWholeOnesWithoutACopy) {
  const Chunk whole(Bytes(kChunkSize, 1));
  MemorySource source(whole);
  EXPECT_EQ(WholeChunks(source).next()->view().data(), whole.view().data());
}

TEST(WholeChunks, GiveNothingShortBeforeTheVerifiedEnd) {
  test::FailingSource source(counting(1000));
  WholeChunks whole(source);
  EXPECT_THROW((void)whole.next(), Error);
}

}  // namespace
}  // namespace imgcrypt

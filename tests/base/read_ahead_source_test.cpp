#include "base/read_ahead_source.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace imgcrypt {
namespace {

// Counts up, a few bytes at a time, and then ends or fails.
class CountingSource final : public Source {
 public:
  CountingSource(std::size_t size, std::size_t step, bool fails = false)
      : size_(size), step_(step), fails_(fails) {}

  std::size_t read(MutableByteView buffer) override {
    ++reads;
    const std::size_t size = std::min({step_, buffer.size(), size_ - at_});
    if (size == 0 && fails_) throw Error(ErrorCode::kIntegrity, "damaged");
    for (std::uint8_t& byte : buffer.first(size)) byte = static_cast<std::uint8_t>(at_++);
    return size;
  }

  std::atomic<std::size_t> reads{0};

 private:
  std::size_t size_;
  std::size_t step_;
  bool fails_;
  std::size_t at_ = 0;
};

Bytes counted(std::size_t size) {
  CountingSource source(size, kChunkSize);
  return read_all(source, size, "counted");
}

// Reads `size` bytes at most at a time, to the end or to the first error.
Bytes drain(Source& source, std::size_t step, bool& failed) {
  Bytes all;
  Bytes buffer(step);
  failed = false;
  try {
    while (const std::size_t size = source.read(buffer))
      all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  } catch (const Error&) {
    failed = true;
  }
  return all;
}

TEST(ReadAheadSource, GivesWhatItsSourceGives) {
  for (const ReadAhead how : {ReadAhead::kInThread, ReadAhead::kNone}) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, 20 * kChunkSize + 7}) {
      for (const std::size_t step : {std::size_t{997}, kChunkSize, 3 * kChunkSize}) {
        CountingSource inner(size, kChunkSize - 1);
        ReadAheadSource ahead(inner, how);
        bool failed = true;
        EXPECT_EQ(drain(ahead, step, failed), counted(size)) << size << " by " << step;
        EXPECT_FALSE(failed);
      }
    }
  }
}

TEST(ReadAheadSource, ThrowsBehindAllThatWasReadAndAgain) {
  CountingSource inner(300'000, 50'000, true);
  ReadAheadSource ahead(inner, ReadAhead::kInThread);
  bool failed = false;
  EXPECT_EQ(drain(ahead, 4096, failed), counted(300'000));
  EXPECT_TRUE(failed);
  Bytes buffer(10);
  EXPECT_THROW((void)ahead.read(buffer), Error);
}

TEST(ReadAheadSource, StaysABoundedDistanceAhead) {
  CountingSource inner(std::size_t{1} << 40U, kChunkSize);
  ReadAheadSource ahead(inner, ReadAhead::kInThread);
  Bytes buffer(kChunkSize);
  for (std::size_t taken = 1; taken <= 50; ++taken) {
    EXPECT_EQ(ahead.read(buffer), kChunkSize);
    EXPECT_LE(inner.reads, taken + 8);
  }
}  // and ends although its source does not

}  // namespace
}  // namespace imgcrypt

#include "base/stream/chunk_ring.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace imgcrypt {
namespace {

Bytes counted(std::size_t size) {
  Bytes bytes(size);
  std::uint8_t next = 0;
  for (std::uint8_t& byte : bytes) byte = next++;
  return bytes;
}

// Writes in a thread, `step` bytes at a time, and then ends or fails.
class Writer {
 public:
  Writer(ChunkRing& ring, Bytes bytes, std::size_t step, bool fails = false)
      : ring_(ring), thread_([this, bytes = std::move(bytes), step, fails] { run(bytes, step, fails); }) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    ring_.abandon();
    thread_.join();
  }

  [[nodiscard]] std::size_t written() const { return written_; }

 private:
  void run(ByteView bytes, std::size_t step, bool fails) {
    while (!bytes.empty()) {
      const ByteView part = bytes.first(std::min(step, bytes.size()));
      ring_.write(part);
      bytes = bytes.subspan(part.size());
      written_ += part.size();
    }
    ring_.end(fails ? std::make_exception_ptr(Error(ErrorCode::kIntegrity, "damaged")) : nullptr);
  }

  ChunkRing& ring_;
  std::atomic<std::size_t> written_{0};
  std::thread thread_;
};

// Reads `step` bytes at most at a time, to the end or to the first error.
Bytes read_to_end(Source& source, std::size_t step, bool& failed) {
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

TEST(ChunkRing, GivesWhatIsWritten) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, 20 * kChunkSize + 7}) {
    for (const std::size_t step : {std::size_t{997}, kChunkSize, 3 * kChunkSize}) {
      ChunkRing ring;
      const Writer writer(ring, counted(size), step);
      bool failed = true;
      EXPECT_EQ(read_to_end(ring, step / 2, failed), counted(size)) << size << " by " << step;
      EXPECT_FALSE(failed);
    }
  }
}

TEST(ChunkRing, ThrowsBehindAllThatWasWrittenAndAgain) {
  ChunkRing ring;
  const Writer writer(ring, counted(300'000), 50'000, true);
  bool failed = false;
  EXPECT_EQ(read_to_end(ring, 4096, failed), counted(300'000));
  EXPECT_TRUE(failed);
  Bytes buffer(10);
  EXPECT_THROW((void)ring.read(buffer), Error);
}

TEST(ChunkRing, HoldsABoundedNumberOfChunks) {
  ChunkRing ring;
  const Writer writer(ring, counted(60 * kChunkSize), kChunkSize);
  Bytes buffer(kChunkSize);
  for (std::size_t taken = 1; taken <= 50; ++taken) {
    EXPECT_EQ(ring.read(buffer), kChunkSize);
    EXPECT_LE(writer.written(), (taken + 8) * kChunkSize);
  }
}  // and the writer ends although nobody reads the rest

TEST(ChunkRing, TellsTheWriterThatNobodyReads) {
  ChunkRing ring;
  EXPECT_FALSE(ring.room().empty());
  ring.abandon();
  EXPECT_TRUE(ring.room().empty());
}

}  // namespace
}  // namespace imgcrypt

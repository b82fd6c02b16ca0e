#include "base/stream/chunk_queue.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace imgcrypt {
namespace {

Chunk chunk_of(std::size_t number) { return Chunk(Bytes(1000, static_cast<std::uint8_t>(number))); }

// Writes a number of chunks in a thread, and then ends or fails.
class Writer {
 public:
  Writer(ChunkQueue& queue, std::size_t count, bool fails = false)
      : queue_(queue), thread_([this, count, fails] { run(count, fails); }) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    queue_.abandon();
    thread_.join();
  }

  [[nodiscard]] std::size_t written() const { return written_; }

 private:
  void run(std::size_t count, bool fails) {
    for (; written_ < count; ++written_) queue_.write(chunk_of(written_));
    queue_.end(fails ? std::make_exception_ptr(Error(ErrorCode::kIntegrity, "damaged")) : nullptr);
  }

  ChunkQueue& queue_;
  std::atomic<std::size_t> written_{0};
  std::thread thread_;
};

TEST(ChunkQueue, GivesWhatIsWrittenInItsOrder) {
  for (const std::size_t count : {0U, 1U, 8U, 100U}) {
    ChunkQueue queue;
    const Writer writer(queue, count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(queue.next()->view()[999], i);
    EXPECT_FALSE(queue.next());
    EXPECT_FALSE(queue.next());
  }
}

TEST(ChunkQueue, CopiesNothing) {
  ChunkQueue queue;
  const Chunk chunk = chunk_of(1);
  queue.write(chunk);
  EXPECT_EQ(queue.next()->view().data(), chunk.view().data());
}

TEST(ChunkQueue, ThrowsAfterAllThatWasWrittenAndAgain) {
  ChunkQueue queue;
  const Writer writer(queue, 3, true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.next());
  for (int i = 0; i < 2; ++i) EXPECT_THROW((void)queue.next(), Error);
}

TEST(ChunkQueue, HoldsABoundedNumberOfChunks) {
  ChunkQueue queue;
  const Writer writer(queue, 60);
  for (std::size_t taken = 1; taken <= 50; ++taken) {
    EXPECT_TRUE(queue.next());
    EXPECT_LE(writer.written(), taken + ChunkQueue::kMost);
  }
}  // and the writer ends although nobody reads the rest

TEST(ChunkQueue, DropsWhatNobodyReads) {
  ChunkQueue queue;
  queue.abandon();
  for (std::size_t i = 0; i < 2 * ChunkQueue::kMost; ++i) queue.write(chunk_of(i));
}

}  // namespace
}  // namespace imgcrypt

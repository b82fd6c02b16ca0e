#include "base/stream/fd_stream.hpp"

#include "base/process/pipe.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace imgcrypt {
namespace {

TEST(FdSource, FillsItsChunksHoweverLittleAPipeGives) {
  Pipe pipe = make_pipe();
  const std::jthread writer([&] {
    FdSink sink(pipe.write_end.get(), "pipe");
    for (int i = 0; i < 100; ++i) sink.write(Chunk(Bytes(3'000, static_cast<std::uint8_t>(i))));
    pipe.write_end.reset();
  });
  ChunkPool pool;
  FdSource source(std::move(pipe.read_end), "pipe", pool);
  EXPECT_EQ(source.next()->size(), kChunkSize);
  EXPECT_EQ(source.next()->size(), kChunkSize);
  EXPECT_EQ(source.next()->view().back(), 99);
  EXPECT_FALSE(source.next());
  EXPECT_FALSE(source.next());
}

TEST(FdSource, StaysFailed) {
  Pipe pipe = make_pipe();
  write_all(pipe.write_end.get(), as_bytes("text"), "pipe");
  pipe.write_end.reset();
  ChunkPool pool;
  FdSource source(pipe.read_end.get(), "pipe", pool);
  {
    std::vector<FreshChunk> kept;
    for (std::size_t i = 0; i < ChunkPool::kMostKept; ++i) kept.push_back(pool.take());
    EXPECT_THROW((void)source.next(), Error);
  }
  EXPECT_THROW((void)source.next(), Error);
}

TEST(ReadAllOfAFile, RefusesMoreThanItsLimit) {
  for (const std::size_t limit : {99'999U, 100'000U}) {
    Pipe pipe = make_pipe();
    const std::jthread writer([&] {
      write_all(pipe.write_end.get(), Bytes(100'000), "pipe");
      pipe.write_end.reset();
    });
    if (limit < 100'000) {
      EXPECT_THROW((void)read_all(pipe.read_end.get(), limit, "pipe"), Error);
    } else {
      EXPECT_EQ(read_all(pipe.read_end.get(), limit, "pipe"), Bytes(100'000));
    }
  }
}

}  // namespace
}  // namespace imgcrypt

#include "layer/inflate/inflating_source.hpp"

#include "support/run_program.hpp"
#include "support/slow_source.hpp"
#include "support/vectors.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace imgcrypt {
namespace {

using namespace test;

std::string inflate(ByteView bytes, std::size_t step = kChunkSize) {
  ChunkPool pool;
  SlowSource source(to_bytes(bytes), step, pool);
  InflatingSource inflating(source);
  return std::string(as_text(read_all(inflating, std::size_t{1} << 26U, "inflated")));
}

std::string content(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i)
    text += std::to_string(i * 7919 % 1009) + (i % 5 == 0 ? "\n" : " ");
  text.resize(size);
  return text;
}

Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

const std::array<std::string, 4> kPrograms = {"gzip -c", "gzip -1 -c", "zstd -q -c",
                                              "zstd -q --ultra -20 -c"};

TEST(InflatingSource, GivesWhatWasCompressed) {
  for (const std::string& program : kPrograms) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{70'000}, std::size_t{3'000'000}}) {
      const std::string text = content(size);
      const Bytes compressed = run_program(program, text);
      EXPECT_EQ(inflate(compressed), text) << program << " " << size;
      if (size < 100'000) {
        EXPECT_EQ(inflate(compressed, 1), text) << program << " " << size;
      }
    }
  }
}

TEST(InflatingSource, TakesSeveralMembers) {
  for (const std::string& program : kPrograms) {
    const Bytes twice = joined(run_program(program, content(100'000)), run_program(program, content(33)));
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, kChunkSize})
      EXPECT_EQ(inflate(twice, step), content(100'000) + content(33)) << program << " " << step;
  }
}

TEST(InflatingSource, PassesOnWhatIsNotCompressed) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{600'000}}) {
    EXPECT_EQ(inflate(as_bytes(content(size))), content(size));
    EXPECT_EQ(inflate(as_bytes(content(size)), 1000), content(size));
  }
}

TEST(InflatingSource, RefusesDataThatIsCutShort) {
  for (const std::string& program : kPrograms) {
    const Bytes whole = run_program(program, content(5'000));
    for (std::size_t size = kMagicBytes; size < whole.size(); ++size) {
      EXPECT_EQ(error_of([&] { (void)inflate(ByteView(whole).first(size)); }), ErrorCode::kIntegrity)
          << program << " " << size;
    }
  }
}

TEST(InflatingSource, StaysFailed) {
  const Bytes compressed = run_program("gzip -c", std::string((ChunkPool::kMostKept + 10) * kChunkSize, 'x'));
  MemorySource source(compressed);
  InflatingSource inflating(source);
  std::vector<Chunk> kept;
  const auto keep_all = [&] {
    while (auto chunk = inflating.next()) kept.push_back(std::move(*chunk));
  };
  EXPECT_EQ(error_of(keep_all), ErrorCode::kOther);
  kept.clear();
  EXPECT_EQ(error_of(keep_all), ErrorCode::kOther);
  EXPECT_TRUE(kept.empty());
}

// As gzip and pigz do: an image with such a layer is unpacked wherever containerd has unpigz.
TEST(InflatingSource, PassesOverBytesAfterTheEndOfGzipData) {
  const std::string text = content(5'000);
  for (const std::string& tail :
       {std::string("x"), std::string("trailing"), std::string(1, '\0'), std::string(600'000, '\0'),
        std::string("\x1f"), std::string("\x1f\x8b"), std::string("\x1f\x8b\x07 and more"),
        std::string("\x1f\x8b\x08\0\0\0\0\0\0", 9)}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, kChunkSize}) {
      ChunkPool pool;
      SlowSource source(joined(run_program("gzip -c", text), to_bytes(as_bytes(tail))), step, pool);
      InflatingSource inflating(source);
      EXPECT_EQ(as_text(read_all(inflating, std::size_t{1} << 26U, "inflated")), text);
      EXPECT_EQ(inflating.trailing_bytes(), tail.size()) << tail.size() << " " << step;
      EXPECT_FALSE(source.next()) << "the compressed stream was not read to its verified end";
    }
  }
}

// No program ignores them.
TEST(InflatingSource, RefusesBytesAfterTheEndOfZstdData) {
  for (const char* tail : {"x", "trailing", "\x28\xb5", "\x50\x2a\x4d"}) {
    const Bytes more = joined(run_program("zstd -q -c", content(5'000)), to_bytes(as_bytes(tail)));
    for (const std::size_t step : {std::size_t{1}, kChunkSize})
      EXPECT_EQ(error_of([&] { (void)inflate(more, step); }), ErrorCode::kIntegrity) << tail;
  }
}

TEST(InflatingSource, SaysWhereZstdDataEnds) {
  const Bytes sound = run_program("zstd -q -c", content(5'000));
  const Error error =
      failure([&] { (void)inflate(joined(sound, to_bytes(as_bytes("trailing"))), kChunkSize); });
  EXPECT_EQ(error.message(), "the zstd data of the layer ends after " + std::to_string(sound.size()) +
                                 " bytes, and what comes after it is not zstd data");
}

TEST(InflatingSource, SkipsSkippableFrames) {
  const Bytes skipped = to_bytes(as_bytes(std::string("\x5f\x2a\x4d\x18\x05\0\0\0hello", 13)));
  const Bytes frame = run_program("zstd -q -c", content(100'000));
  const Bytes all = joined(joined(skipped, frame), joined(joined(skipped, frame), skipped));
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, kChunkSize})
    EXPECT_EQ(inflate(all, step), content(100'000) + content(100'000)) << step;
}

// 2^27 is what `zstd --ultra -22` makes, 2^29 the most that containerd takes.
TEST(InflatingSource, TakesZstdWindowsUpToALimit) {
  const std::string text = content(5'000);
  for (const int log : {27, 28, 29}) {
    const Bytes large = run_program("zstd -q -c --ultra --long=" + std::to_string(log), text);
    EXPECT_EQ(inflate(large), text) << log;
    EXPECT_EQ(inflate(joined(run_program("zstd -q -c", text), large)), text + text) << log;
  }
  const Error error = failure([&] { (void)inflate(run_program("zstd -q -c --ultra --long=30", text)); });
  EXPECT_EQ(error.code(), ErrorCode::kRefused);
  EXPECT_EQ(error.message(),
            "the layer's zstd data needs a window of 1024 MiB, more than the limit of 512 MiB");
}

TEST(InflatingSource, NeverGivesOtherDataThanWasCompressed) {
  for (const std::string& program : kPrograms) {
    const std::string text = content(2'000);
    const Bytes whole = run_program(program, text);
    for (std::size_t place = 0; place < whole.size(); ++place) {
      Bytes damaged = whole;
      damaged[place] ^= 0x10U;
      SCOPED_TRACE(program + " " + std::to_string(place));
      if (detect_compression(damaged) == Compression::kNone) continue;
      const auto error = error_of([&] { EXPECT_EQ(inflate(damaged), text); });
      EXPECT_TRUE(!error || error == ErrorCode::kIntegrity);
    }
  }
}

}  // namespace
}  // namespace imgcrypt

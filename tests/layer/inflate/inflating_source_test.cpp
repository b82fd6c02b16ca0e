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

TEST(InflatingSource, RefusesBytesAfterTheEnd) {
  for (const std::string& program : kPrograms) {
    for (const char* tail : {"x", "trailing", "\x1f\x8b"}) {
      const Bytes more = joined(run_program(program, content(5'000)), to_bytes(as_bytes(tail)));
      EXPECT_EQ(error_of([&] { (void)inflate(more); }), ErrorCode::kIntegrity) << program << " " << tail;
    }
  }
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

#include "layer/inflate/diff_id.hpp"

#include "support/failing_source.hpp"
#include "support/run_program.hpp"
#include "support/vectors.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kText = [] {
  std::string text;
  for (unsigned i = 0; i < 400'000; ++i) text += std::to_string(i * 7919 % 1009);
  return text;
}();

TEST(DiffId, IsTheDigestOfTheDecompressedLayer) {
  for (const char* program : {"gzip -c", "zstd -q -c", "cat"}) {
    const Bytes layer = run_program(program, kText);
    for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
      MemorySource source(layer);
      DiffIdSource passing(source, algorithm);
      EXPECT_EQ(read_all(passing, layer.size(), "layer"), layer) << program;
      EXPECT_EQ(passing.diff_id().digest, Digest::of(as_bytes(kText), algorithm)) << program;
      MemorySource again(layer);
      EXPECT_EQ(diff_id_of(again, algorithm).digest, Digest::of(as_bytes(kText), algorithm)) << program;
    }
  }
}

TEST(DiffId, CountsBytesAfterTheEndOfGzipData) {
  Bytes layer = run_program("gzip -c", kText);
  layer.resize(layer.size() + 700);
  MemorySource source(layer);
  DiffIdSource passing(source, HashAlgorithm::kSha256);
  EXPECT_EQ(read_all(passing, layer.size(), "layer"), layer);
  MemorySource again(layer);
  for (const DiffId& diff_id : {passing.diff_id(), diff_id_of(again, HashAlgorithm::kSha256)}) {
    EXPECT_EQ(diff_id.digest, Digest::of(as_bytes(kText)));
    EXPECT_EQ(trailing_note(diff_id).value_or("").find("ignored 700 bytes after the end of the gzip data"),
              0U);
  }
  MemorySource sound(run_program("gzip -c", kText));
  EXPECT_FALSE(trailing_note(diff_id_of(sound, HashAlgorithm::kSha256)));
}

TEST(DiffId, PassesOnWhatCannotBeDecompressed) {
  Bytes layer = run_program("gzip -c", kText);
  layer[layer.size() / 2] ^= 0x55U;
  layer.resize(layer.size() - 4);
  MemorySource source(layer);
  DiffIdSource passing(source, HashAlgorithm::kSha256);
  EXPECT_EQ(read_all(passing, layer.size(), "layer"), layer);
  EXPECT_EQ(error_of([&] { (void)passing.diff_id(); }), ErrorCode::kIntegrity);
}

TEST(DiffId, FailsAsItsLayerDoesAndEndsItsThread) {
  const Bytes layer = run_program("gzip -c", kText);
  FailingSource source(layer);
  DiffIdSource passing(source, HashAlgorithm::kSha256);
  EXPECT_EQ(failure([&] { drain(passing); }).message(), "layer authentication failed");
}

// 32 MiB of one byte make a layer of 1 KiB: the thread is far from its end when nobody reads on.
TEST(DiffId, EndsItsThreadWhenItIsNotReadToItsEnd) {
  const Bytes layer = run_program("zstd -q -c", std::string(std::size_t{32} << 20U, 'x'));
  MemorySource source(layer);
  DiffIdSource passing(source, HashAlgorithm::kSha256);
  EXPECT_TRUE(passing.next());
}

}  // namespace
}  // namespace imgcrypt

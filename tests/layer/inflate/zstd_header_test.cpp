#include "layer/inflate/zstd_header.hpp"

#include "layer/inflate/inflating_source.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

const std::string kMagic = "\x28\xb5\x2f\xfd";

// Of the header that these bytes are, in all ways in which they can be cut.
std::optional<std::uint64_t> window_of(const std::string& header) {
  std::optional<std::uint64_t> window;
  for (std::size_t cut = 0; cut <= header.size(); ++cut) {
    const std::string file = header + "rest";
    ByteView first = as_bytes(file).first(cut);
    ByteView second = as_bytes(file).subspan(cut);
    ZstdHeader read;
    auto found = read.read(first);
    if (found == ZstdHeader::Found::kMore) found = read.read(second);
    if (found != ZstdHeader::Found::kHeader) return std::nullopt;
    EXPECT_EQ(as_text(read.bytes()), header);
    EXPECT_EQ(as_text(cut < header.size() ? second : as_bytes("rest")), "rest");
    window = read.window();
  }
  return window;
}

// RFC 8878, section 3.1.1.1.
TEST(ZstdHeader, TellsTheWindow) {
  EXPECT_EQ(window_of(kMagic + std::string("\x00\x00", 2)), 1024U);
  EXPECT_EQ(window_of(kMagic + std::string("\x04\x07", 2)), 1024U + 7 * 128U);  // with a checksum
  EXPECT_EQ(window_of(kMagic + std::string("\x00\x98", 2)), 512 * kMiB);
  EXPECT_EQ(window_of(kMagic + std::string("\x00\x99", 2)), 576 * kMiB);
  EXPECT_EQ(window_of(kMagic + std::string("\x00\xff", 2)), (std::uint64_t{1} << 41U) / 8 * 15);
  EXPECT_EQ(window_of(kMagic + std::string("\xc3\x58\xd1\xd2\xd3\xd4\x01\0\0\0\0\0\0\0", 14)), 2 * kMiB);
}

TEST(ZstdHeader, TellsTheWindowOfASingleSegment) {
  EXPECT_EQ(window_of(kMagic + std::string("\x20\xff", 2)), 255U);
  EXPECT_EQ(window_of(kMagic + std::string("\x60\x01\x01", 3)), 256U + 0x101U);
  EXPECT_EQ(window_of(kMagic + std::string("\xa1\xd1\x01\x02\x03\x04", 6)), 0x04030201U);
  EXPECT_EQ(window_of(kMagic + "\xe2\xd1\xd2\x01\x02\x03\x04\x05\x06\x07\x08"), 0x0807060504030201U);
}

TEST(ZstdHeader, KnowsSkippableFrames) {
  EXPECT_EQ(window_of("\x50\x2a\x4d\x18"), 0U);
  EXPECT_EQ(window_of("\x5f\x2a\x4d\x18"), 0U);
  EXPECT_EQ(window_of("\x60\x2a\x4d\x18"), std::nullopt);
  EXPECT_EQ(window_of("\x28\xb5\x2f\xfc"), std::nullopt);
}

// The limit at its edge, whichever way a frame asks for its window.
TEST(ZstdHeader, DecidesWhetherALayerIsDecompressed) {
  const auto code_for = [](const std::string& header) {
    MemorySource source(to_bytes(as_bytes(kMagic + header)));
    InflatingSource inflating(source);
    return error_of([&] { drain(inflating); });
  };
  EXPECT_EQ(code_for(std::string("\x00\x98", 2)), ErrorCode::kIntegrity);  // cut short
  EXPECT_EQ(code_for(std::string("\x00\x99", 2)), ErrorCode::kRefused);
  EXPECT_EQ(code_for(std::string("\xa0\xff\xff\xff\x1f", 5)), ErrorCode::kIntegrity);
  EXPECT_EQ(code_for(std::string("\xa0\x00\x00\x00\x20", 5)), ErrorCode::kIntegrity);
  EXPECT_EQ(code_for(std::string("\xa0\x01\x00\x00\x20", 5)), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt

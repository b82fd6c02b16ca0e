// What we read from a gzip file is what zlib reads from it, whatever its headers and however the file is cut.
#include "layer/inflate/inflating_source.hpp"
#include "support/vectors.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <zlib.h>

#include <array>

namespace imgcrypt {
namespace {

using namespace test;

constexpr unsigned kEveryFlag = 32;  // one more than all of FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT
constexpr std::size_t kMostContent = 100'000;

std::string deflated(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  std::string out(content.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::uint32_t crc_of(const std::string& text) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

std::string little_endian(std::uint32_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}

// RFC 1952, section 2.3. The optional fields hold what looks like something else.
std::string member(unsigned flags, const std::string& content) {
  std::string header = std::string("\x1f\x8b\x08", 3) + static_cast<char>(flags) + std::string(6, '\x01');
  if ((flags & 4U) != 0) header += little_endian(12, 2) + std::string("\x1f\x8b\x08\0extra\0\0\x03", 12);
  if ((flags & 8U) != 0) header += std::string("name\x1f\x8b\0", 7);
  if ((flags & 16U) != 0) header += std::string("\x4b\x4c\x4a\x06\0", 5);
  if ((flags & 2U) != 0) header += little_endian(crc_of(header), 2);
  return header + deflated(content) + little_endian(crc_of(content), 4) +
         little_endian(static_cast<std::uint32_t>(content.size()), 4);
}

// All members one after the other; nullopt for damage. After the first, what does not begin with a whole
// header ends the file.
std::optional<std::string> inflated_by_zlib(const std::string& file) {
  std::string content;
  std::size_t at = 0;
  do {
    z_stream stream{};
    gz_header header{};
    inflateInit2(&stream, 15 + 16);
    inflateGetHeader(&stream, &header);
    std::string out(kMostContent, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data() + at));
    stream.avail_in = static_cast<uInt>(file.size() - at);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream, Z_FINISH);
    const std::size_t used = stream.total_in;
    content.append(out, 0, stream.total_out);
    inflateEnd(&stream);
    const bool is_cut_in_header = status == Z_BUF_ERROR && header.done == 0;
    if (at > 0 && is_cut_in_header) break;
    if (status != Z_STREAM_END) return std::nullopt;
    at += used;
  } while (at < file.size() && file.compare(at, 3, "\x1f\x8b\x08") == 0);
  return content;
}

// A file that comes in two pieces.
class CutSource final : public Source {
 public:
  CutSource(const std::string& file, std::size_t cut)
      : parts_{to_bytes(as_bytes(file).first(cut)), to_bytes(as_bytes(file).subspan(cut))} {}
  [[nodiscard]] std::optional<Chunk> next() override {
    while (at_ < parts_.size() && parts_[at_].empty()) ++at_;
    if (at_ == parts_.size()) return std::nullopt;
    return Chunk(std::move(parts_[at_++]));
  }

 private:
  std::array<Bytes, 2> parts_;
  std::size_t at_ = 0;
};

std::optional<std::string> inflated(const std::string& file, std::size_t cut) {
  CutSource source(file, cut);
  InflatingSource inflating(source);
  try {
    return std::string(as_text(read_all(inflating, kMostContent, "content")));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
    return std::nullopt;
  }
}

TEST(GzipDifferential, EveryFlagAndEveryCutGiveWhatZlibReads) {
  for (unsigned flags = 0; flags < kEveryFlag; ++flags) {
    const std::string file = member(flags, "the first content, the first content; ") +
                             member(kEveryFlag - 1 - flags, "") + member(flags, "the last");
    const std::string expected = "the first content, the first content; the last";
    ASSERT_EQ(inflated_by_zlib(file), expected);
    for (std::size_t cut = 0; cut <= file.size(); ++cut)
      EXPECT_EQ(inflated(file, cut), expected) << "flags " << flags << ", cut at " << cut;
  }
}

// Wherever the file ends, the verdict is zlib's.
TEST(GzipDifferential, EveryEndGivesWhatZlibReads) {
  for (unsigned flags = 0; flags < kEveryFlag; ++flags) {
    const std::string whole = member(flags, "content") + member(flags, "more content");
    for (std::size_t size = 4; size < whole.size(); ++size) {
      const std::string file = whole.substr(0, size);
      EXPECT_EQ(inflated(file, size / 2), inflated_by_zlib(file)) << "flags " << flags << ", size " << size;
    }
  }
}

// Some bits mean that the member ends elsewhere, that a field appears or goes, or that a CRC is wrong.
TEST(GzipDifferential, EveryFlippedBitGivesWhatZlibReads) {
  for (const unsigned flags : {0U, 2U, 4U, 8U, 16U, 31U}) {
    const std::string whole = member(flags, "content content") + member(flags, "more content");
    for (std::size_t bit = 8 * 3; bit < 8 * whole.size(); ++bit) {
      std::string file = whole;
      file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
      const auto expected = inflated_by_zlib(file);
      for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, bit / 8, bit / 8 + 1})
        EXPECT_EQ(inflated(file, cut), expected)
            << "flags " << flags << ", bit " << bit << ", cut at " << cut;
    }
  }
}

TEST(GzipDifferential, ReservedFlagsAreRefused) {
  for (const unsigned flag : {0x20U, 0x40U, 0x80U}) {
    EXPECT_EQ(inflated(member(flag, "content"), 5), std::nullopt);
    EXPECT_EQ(inflated(member(0, "content") + member(flag, "more"), 5), std::nullopt);
  }
}

TEST(GzipDifferential, FieldsMayBeOfAnyLength) {
  std::string file = std::string("\x1f\x8b\x08\x1c\0\0\0\0\0\xff", 10) + little_endian(0xffff, 2) +
                     std::string(0xffff, 'x') + std::string(1'000'000, 'n') + '\0' + '\0';
  file += member(0, "content").substr(10);
  EXPECT_EQ(inflated_by_zlib(file), "content");
  EXPECT_EQ(inflated(file, 70'000), "content");
}

}  // namespace
}  // namespace imgcrypt

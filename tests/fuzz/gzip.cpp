// gzip layers against zlib: as they are, with a checksum that is made right so that damage further in shows,
// and with every kind of header.
#include "base/text/encoding.hpp"
#include "fuzz/inflate.hpp"

#include <fuzzer/FuzzedDataProvider.h>
#include <zlib.h>

#include <array>

namespace imgcrypt::test {
namespace {

constexpr int kRaw = -15;
constexpr int kGzip = 15 + 16;
constexpr std::size_t kTrailerSize = 8;

enum class Checksums { kChecked, kIgnored };

// One member, or the header of one that is cut short.
struct Member {
  Bytes content;
  std::size_t consumed = 0;  // bytes of the input
  bool is_whole = false;
  bool has_whole_header = false;
};

Member inflate_member(ByteView input, Checksums checksums) {
  z_stream stream = {};
  if (inflateInit2(&stream, kGzip) != Z_OK) throw std::bad_alloc();
  gz_header header = {};
  inflateGetHeader(&stream, &header);
  if (checksums == Checksums::kIgnored) inflateValidate(&stream, 0);
  stream.next_in = const_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  Member member;
  int status = Z_OK;
  while (status == Z_OK) {
    std::array<std::uint8_t, 16384> room;
    stream.next_out = room.data();
    stream.avail_out = room.size();
    status = ::inflate(&stream, Z_NO_FLUSH);
    member.content.insert(member.content.end(), room.data(), stream.next_out);
  }
  member.consumed = stream.total_in;
  member.is_whole = status == Z_STREAM_END;
  // Waiting for more is not damage.
  member.has_whole_header = header.done == 1 || status != Z_BUF_ERROR;
  inflateEnd(&stream);
  return member;
}

// All members. What comes after them is ignored if it is not at least a whole header, as gzip does it.
// nullopt: damaged.
std::optional<Bytes> inflate_with_zlib(ByteView input) {
  Bytes content;
  bool is_first = true;
  while (is_first || detect_compression(input) == Compression::kGzip) {
    const Member member = inflate_member(input, Checksums::kChecked);
    if (!member.is_whole && !is_first && !member.has_whole_header) break;
    if (!member.is_whole) return std::nullopt;
    content.insert(content.end(), member.content.begin(), member.content.end());
    input = input.subspan(member.consumed);
    is_first = false;
  }
  return content;
}

void compare(ByteView input) {
  if (detect_compression(input) != Compression::kGzip) return;
  story = "gzip " + encode_hex(input);
  expect_same_inflated(input, inflate_with_zlib(input));
}

void append_little_endian(Bytes& bytes, std::uint64_t number, unsigned size) {
  for (unsigned i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

std::uint64_t crc(ByteView bytes) { return crc32(0, bytes.data(), static_cast<uInt>(bytes.size())); }

void append_trailer(Bytes& member, ByteView content) {
  append_little_endian(member, crc(content), 4);
  append_little_endian(member, content.size(), 4);
}

// The first member with the trailer that belongs to its content, and what comes after it.
void compare_with_right_trailer(ByteView input) {
  const Member member = inflate_member(input, Checksums::kIgnored);
  if (!member.is_whole) return;
  Bytes mended = to_bytes(input.first(member.consumed - kTrailerSize));
  append_trailer(mended, member.content);
  const ByteView rest = input.subspan(member.consumed);
  mended.insert(mended.end(), rest.begin(), rest.end());
  compare(mended);
}

Bytes deflate_raw(ByteView content, int level, int strategy) {
  z_stream stream = {};
  if (deflateInit2(&stream, level, Z_DEFLATED, kRaw, 8, strategy) != Z_OK) throw std::bad_alloc();
  Bytes deflated(deflateBound(&stream, content.size()));
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = deflated.data();
  stream.avail_out = static_cast<uInt>(deflated.size());
  ::deflate(&stream, Z_FINISH);
  deflated.resize(stream.total_out);
  deflateEnd(&stream);
  return deflated;
}

// RFC 1952 section 2.3: all flags, reserved ones too.
Bytes header(FuzzedDataProvider& choices) {
  const auto flags = choices.ConsumeIntegral<std::uint8_t>();
  Bytes bytes = {0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255};
  if ((flags & 4U) != 0) {
    const auto extra =
        choices.ConsumeBytes<std::uint8_t>(choices.ConsumeIntegralInRange<std::size_t>(0, 300));
    append_little_endian(bytes, extra.size(), 2);
    bytes.insert(bytes.end(), extra.begin(), extra.end());
  }
  for (const unsigned text : {8U, 16U}) {
    if ((flags & text) == 0) continue;
    const std::string name = choices.ConsumeRandomLengthString(300);
    bytes.insert(bytes.end(), name.begin(), name.end());
    bytes.push_back(0);
  }
  if ((flags & 2U) != 0) append_little_endian(bytes, crc(bytes) ^ choices.ConsumeIntegralInRange(0U, 1U), 2);
  return bytes;
}

void compare_with_made_header(ByteView input) {
  FuzzedDataProvider choices(input.data(), input.size());
  Bytes made;
  for (unsigned members = choices.ConsumeIntegralInRange(1U, 2U); members > 0; --members) {
    const Bytes head = header(choices);
    const int level = choices.ConsumeIntegralInRange(0, 9);
    const int strategy = choices.PickValueInArray({Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED});
    const Bytes content = choices.ConsumeBytes<std::uint8_t>(members > 1 ? 20 : input.size());
    const Bytes body = deflate_raw(content, level, strategy);
    made.insert(made.end(), head.begin(), head.end());
    made.insert(made.end(), body.begin(), body.end());
    append_trailer(made, content);
  }
  compare(made);
}

}  // namespace

void fuzz(ByteView input) {
  compare(input);
  compare_with_right_trailer(input);
  compare_with_made_header(input);
}

}  // namespace imgcrypt::test

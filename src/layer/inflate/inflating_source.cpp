#include "layer/inflate/inflating_source.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// RFC 1952 section 2.3.1 with its only method, deflate; RFC 8878 sections 3.1.1 and 3.1.2.
constexpr std::array<std::uint8_t, 3> kGzipMagic = {0x1f, 0x8b, 0x08};
constexpr std::array<std::uint8_t, 4> kZstdMagic = {0x28, 0xb5, 0x2f, 0xfd};
constexpr std::array<std::uint8_t, 3> kZstdSkippableMagic = {0x2a, 0x4d, 0x18};  // after 0x50 to 0x5f

template <typename Magic>
bool starts_with(ByteView bytes, const Magic& magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

}  // namespace

Compression detect_compression(ByteView head) noexcept {
  if (starts_with(head, kGzipMagic)) return Compression::kGzip;
  const bool is_skippable =
      !head.empty() && (head[0] & 0xf0U) == 0x50 && starts_with(head.subspan(1), kZstdSkippableMagic);
  return is_skippable || starts_with(head, kZstdMagic) ? Compression::kZstd : Compression::kNone;
}

InflatingSource::InflatingSource(Source& compressed)
    : compressed_(compressed, kMagicBytes), compression_(detect_compression(compressed_.head())) {
  if (compression_ == Compression::kGzip) inflater_ = make_gzip_inflater();
  if (compression_ == Compression::kZstd) inflater_ = make_zstd_inflater();
}

std::optional<Chunk> InflatingSource::next() {
  return failure_.guard([this] { return inflate_next(); });
}

std::optional<Chunk> InflatingSource::inflate_next() {
  if (!inflater_) return compressed_.next();
  FreshChunk fresh = pool_.take();
  std::size_t filled = 0;
  // Whole chunks, whatever a step gives: each later stage costs something per chunk.
  while (filled < kChunkSize) {
    const std::size_t size = inflate_into(fresh.room().subspan(filled));
    if (size == 0) break;
    filled += size;
  }
  if (filled == 0) return std::nullopt;
  return std::move(fresh).filled(filled);
}

// The number of bytes that were written to `room`; 0 at the end of the last member.
std::size_t InflatingSource::inflate_into(MutableByteView room) {
  while (true) {
    if (inflater_->is_at_end()) {
      if (input_.empty() && !fill()) return 0;
      start_next_member();
    }
    const std::size_t before = input_.size();
    const std::size_t size = inflater_->inflate(input_, room);
    if (size > 0) return size;
    // No output does not mean that it needs input: a header, e.g., gives none.
    const bool is_stuck = input_.size() == before && !inflater_->is_at_end();
    if (is_stuck && !fill())
      throw Error(ErrorCode::kIntegrity, "the compressed data of the layer is cut short");
  }
}

// Appends a chunk to the input that is left, which is copied: rarely more than a few bytes of a magic number.
// False at the end.
bool InflatingSource::fill() {
  std::optional<Chunk> more = compressed_.next();
  if (!more) return false;
  if (!input_.empty()) {
    Bytes joined = to_bytes(input_);
    joined.insert(joined.end(), more->view().begin(), more->view().end());
    more = Chunk(std::move(joined));
  }
  chunk_ = std::move(more);
  input_ = chunk_->view();
  return true;
}

void InflatingSource::start_next_member() {
  while (input_.size() < kMagicBytes && fill()) continue;
  // Go's gzip reader goes on with the next member as well, so a layer may have several. Anything else after
  // the end would be content that some tools see and others do not.
  if (detect_compression(input_) != compression_)
    throw Error(ErrorCode::kIntegrity, "bytes after the end of the layer's compressed data");
  inflater_->restart();
}

}  // namespace imgcrypt

#include "layer/inflate/inflating_source.hpp"

#include "layer/inflate/magic.hpp"

namespace imgcrypt {

Compression detect_compression(ByteView head) noexcept {
  if (head.size() >= kGzipMagic.size() && fits_magic(head, kGzipMagic)) return Compression::kGzip;
  const bool is_zstd = fits_magic(head, kZstdMagic) || fits_zstd_skippable_magic(head);
  return head.size() >= kZstdMagic.size() && is_zstd ? Compression::kZstd : Compression::kNone;
}

std::string_view foreign_compression(ByteView head) noexcept {
  if (head.size() < kMagicBytes) return {};
  if (fits_magic(head, kXzMagic)) return "xz";
  // The block too: a tar may begin with a file of that name.
  return fits_magic(head, kBzip2Magic) && fits_magic(head.subspan(4), kBzip2BlockMagic) ? "bzip2" : "";
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

// The number of bytes that were written to `room`; 0 at the end.
std::size_t InflatingSource::inflate_into(MutableByteView room) {
  while (true) {
    const std::size_t size = inflater_->inflate(input_, room);
    if (size > 0) return size;
    chunk_ = compressed_.next();
    if (!chunk_) break;
    input_ = chunk_->view();
  }
  inflater_->finish();
  return 0;
}

}  // namespace imgcrypt

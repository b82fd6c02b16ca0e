#include "layer/inflate/inflating_source.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::array<std::uint8_t, 3> kGzipMagic = {0x1f, 0x8b, 0x08};
constexpr std::array<std::uint8_t, 4> kZstdMagic = {0x28, 0xb5, 0x2f, 0xfd};
constexpr std::array<std::uint8_t, 3> kZstdSkippableMagic = {0x2a, 0x4d, 0x18};  // behind 0x50 to 0x5f

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

std::size_t InflatingSource::read(MutableByteView buffer) {
  if (!is_started_) start();
  if (!inflater_) return pull(buffer);
  while (true) {
    if (inflater_->is_at_end()) {
      if (input_.empty() && !fill()) return 0;
      start_next_member();
    }
    const std::size_t before = input_.size();
    const std::size_t size = inflater_->inflate(input_, buffer);
    if (size > 0) return size;
    const bool is_stuck = input_.size() == before && !inflater_->is_at_end();
    if (is_stuck && !fill())
      throw Error(ErrorCode::kIntegrity, "the compressed data of the layer is cut short");
  }
}

// As it is.
std::size_t InflatingSource::pull(MutableByteView buffer) {
  if (input_.empty()) return is_input_at_end_ ? 0 : compressed_.read(buffer);
  const std::size_t size = std::min(buffer.size(), input_.size());
  std::ranges::copy(input_.first(size), buffer.begin());
  input_ = input_.subspan(size);
  return size;
}

// More input behind what is left of it; false at its end.
bool InflatingSource::fill() {
  if (is_input_at_end_) return false;
  const std::size_t left = input_.size();
  std::ranges::copy(input_, buffer_.data());
  const std::size_t size = compressed_.read(buffer_.view().subspan(left));
  is_input_at_end_ = size == 0;
  input_ = buffer_.view().first(left + size);
  return size > 0;
}

void InflatingSource::start() {
  is_started_ = true;
  while (input_.size() < kMagicBytes && fill()) continue;
  compression_ = detect_compression(input_);
  if (compression_ == Compression::kGzip) inflater_ = make_gzip_inflater();
  if (compression_ == Compression::kZstd) inflater_ = make_zstd_inflater();
}

void InflatingSource::start_next_member() {
  while (input_.size() < kMagicBytes && fill()) continue;
  if (detect_compression(input_) != compression_)
    throw Error(ErrorCode::kIntegrity, "bytes behind the end of the layer's compressed data");
  inflater_->restart();
}

}  // namespace imgcrypt

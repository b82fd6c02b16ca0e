#include "layer/inflate/zstd_header.hpp"

#include "layer/inflate/magic.hpp"

#include <array>

namespace imgcrypt {
namespace {

constexpr std::size_t kDescriptorAt = kZstdMagic.size();
constexpr std::size_t kWindowAt = kDescriptorAt + 1;

// Frame_Header_Descriptor (section 3.1.1.1.1).
bool is_single_segment(std::uint8_t descriptor) { return (descriptor & 0x20U) != 0; }

std::size_t dictionary_id_length(std::uint8_t descriptor) {
  constexpr std::array<std::size_t, 4> kLengths = {0, 1, 2, 4};
  return kLengths[descriptor & 3U];
}

std::size_t content_size_length(std::uint8_t descriptor) {
  constexpr std::array<std::size_t, 4> kLengths = {0, 2, 4, 8};
  const unsigned flag = descriptor >> 6U;
  return flag == 0 && is_single_segment(descriptor) ? 1 : kLengths[flag];
}

}  // namespace

ZstdHeader::Found ZstdHeader::read(ByteView& input) {
  while (bytes_.size() < length()) {
    if (input.empty()) return Found::kMore;
    bytes_.push_back(input.front());
    input = input.subspan(1);
    if (!fits_magic(bytes_, kZstdMagic) && !fits_zstd_skippable_magic(bytes_)) return Found::kOther;
  }
  return Found::kHeader;
}

std::uint64_t ZstdHeader::window() const noexcept {
  if (is_skippable()) return 0;
  const std::uint8_t descriptor = bytes_[kDescriptorAt];
  if (!is_single_segment(descriptor)) {
    // Section 3.1.1.1.2: a power of two from 2^10 on, and so many eighths of it.
    const std::uint64_t base = std::uint64_t{1} << (10U + (bytes_[kWindowAt] >> 3U));
    return base + base / 8 * (bytes_[kWindowAt] & 7U);
  }
  const std::size_t size = content_size_length(descriptor);
  std::uint64_t content = size == 2 ? 256 : 0;  // section 3.1.1.1.4: the offset of this form
  for (std::size_t i = 0; i < size; ++i) content += std::uint64_t{bytes_[bytes_.size() - size + i]} << 8 * i;
  return content;
}

// As far as it is known: at least one byte more than there is.
std::size_t ZstdHeader::length() const noexcept {
  if (bytes_.size() < kDescriptorAt || is_skippable()) return kDescriptorAt;
  if (bytes_.size() == kDescriptorAt) return kWindowAt;
  const std::uint8_t descriptor = bytes_[kDescriptorAt];
  return kWindowAt + (is_single_segment(descriptor) ? 0 : 1) + dictionary_id_length(descriptor) +
         content_size_length(descriptor);
}

bool ZstdHeader::is_skippable() const noexcept {
  return bytes_.size() >= kDescriptorAt && fits_zstd_skippable_magic(bytes_);
}

}  // namespace imgcrypt

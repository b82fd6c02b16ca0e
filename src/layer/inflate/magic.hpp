// The first bytes of each format, which tell what a stream is. For the sources of this folder.
#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace imgcrypt {

// RFC 1952 section 2.3.1 with its only method, deflate; RFC 8878 sections 3.1.1 and 3.1.2.
inline constexpr std::array<std::uint8_t, 3> kGzipMagic = {0x1f, 0x8b, 0x08};
inline constexpr std::array<std::uint8_t, 4> kZstdMagic = {0x28, 0xb5, 0x2f, 0xfd};
// Of what is told but not decompressed: the .xz format, section 2.1.1.1; of bzip2, "BZh1" to "BZh9" and pi.
inline constexpr std::array<std::uint8_t, 6> kXzMagic = {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00};
inline constexpr std::array<std::uint8_t, 3> kBzip2Magic = {0x42, 0x5a, 0x68};
inline constexpr std::array<std::uint8_t, 6> kBzip2BlockMagic = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
inline constexpr std::array<std::uint8_t, 3> kZstdSkippableMagic = {0x2a, 0x4d, 0x18};  // after 0x50 to 0x5f

// Whether the bytes begin with the magic number, or are its beginning.
template <typename Magic>
[[nodiscard]] bool fits_magic(ByteView bytes, const Magic& magic) {
  const ByteView head = bytes.first(std::min(bytes.size(), magic.size()));
  return std::equal(head.begin(), head.end(), magic.begin());
}

[[nodiscard]] inline bool fits_zstd_skippable_magic(ByteView bytes) {
  return bytes.empty() || ((bytes[0] & 0xf0U) == 0x50 && fits_magic(bytes.subspan(1), kZstdSkippableMagic));
}

}  // namespace imgcrypt

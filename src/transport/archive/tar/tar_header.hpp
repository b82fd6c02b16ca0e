// The bytes before and after the content of a tar's members, by libarchive. The same for the same name and
// size: no times, owners or other modes.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string>

namespace imgcrypt {

inline constexpr std::uint64_t kTarBlock = 512;

// Of a regular file: ustar's where name and size fit, else with a pax header before it. Their number depends
// on the lengths of both alone. Throws kOther.
[[nodiscard]] Bytes tar_header(const std::string& name, std::uint64_t size);

// `size` rounded up to whole blocks.
[[nodiscard]] constexpr std::uint64_t in_tar_blocks(std::uint64_t size) {
  return (size + kTarBlock - 1) / kTarBlock * kTarBlock;
}

}  // namespace imgcrypt

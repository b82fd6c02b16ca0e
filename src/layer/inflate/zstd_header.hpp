// The header of a zstd frame (RFC 8878, section 3.1.1.1): read before zstd sees it, since it tells how much
// memory the frame needs. A value, for ZstdInflater.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>

namespace imgcrypt {

class ZstdHeader {
 public:
  enum class Found {
    kMore,    // nothing is wrong yet; all of the input was used
    kHeader,  // a whole header was removed from the front of the input; of a skippable frame, its magic
              // number
    kOther,   // it does not begin like a frame
  };

  // Goes on with the next bytes. REQUIRES: it has returned nothing but kMore.
  [[nodiscard]] Found read(ByteView& input);

  // The bytes that were used. Valid for as long as this object is not changed.
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  // The window in bytes, at most 2^64 - 1; 0 for a skippable frame. REQUIRES: read() has returned kHeader.
  [[nodiscard]] std::uint64_t window() const noexcept;

 private:
  [[nodiscard]] std::size_t length() const noexcept;
  [[nodiscard]] bool is_skippable() const noexcept;

  Bytes bytes_;
};

}  // namespace imgcrypt

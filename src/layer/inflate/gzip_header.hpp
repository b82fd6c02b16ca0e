// The header of a gzip member (RFC 1952, section 2.3), read by ourselves however it is cut into pieces: ISA-L
// 2.30 loses its place when a header with optional fields comes in two. Nothing of it is kept, so its length
// does not matter. A value, for GzipInflater.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace imgcrypt {

class GzipHeader {
 public:
  enum class Found {
    kMore,    // nothing is wrong yet; all of the input was used
    kHeader,  // a whole header was removed from the front of the input
    kOther,   // it does not begin like a gzip member
  };

  // Goes on with the next bytes. Throws kIntegrity for reserved flags and for a header with a CRC that does
  // not fit, both of which some tools accept and others do not. REQUIRES: it has returned nothing but kMore.
  [[nodiscard]] Found read(ByteView& input);

  // How many bytes were used.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  // In the order of the format.
  enum class Field { kFixed, kExtraLength, kExtra, kName, kComment, kCrc, kEnd };

  void take(std::uint8_t byte);
  void start_next_field() noexcept;
  [[nodiscard]] std::size_t length_of(Field field) const noexcept;

  Field field_ = Field::kFixed;
  std::size_t left_ = 10;  // bytes of the field; of a text, 1 until its end
  std::uint8_t flags_ = 0;
  std::uint16_t number_ = 0;  // the last two bytes, little-endian
  std::uint32_t crc_ = ~0U;   // of what came before the field
  std::uint64_t size_ = 0;
};

}  // namespace imgcrypt

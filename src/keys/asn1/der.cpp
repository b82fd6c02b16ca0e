#include "keys/asn1/der.hpp"

namespace imgcrypt {

std::optional<ByteView> DerReader::take(DerTag tag) {
  if (rest_.empty() || static_cast<DerTag>(rest_[0]) != tag) return std::nullopt;
  const auto element = take_any();
  return element ? std::optional(element->content) : std::nullopt;
}

std::optional<DerElement> DerReader::take_any() {
  if (rest_.size() < 2) return std::nullopt;
  std::size_t header = 2;
  std::size_t size = rest_[1];
  if (size >= 0x80) {
    const std::size_t digits = size & 0x7fU;
    // 0 is the indefinite length, which DER forbids. Four bytes are more than any key file or packet needs,
    // and cannot overflow.
    if (digits == 0 || digits > 4 || rest_.size() < 2 + digits) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8U | rest_[2 + i];
    header += digits;
  }
  if (rest_.size() - header < size) return std::nullopt;
  const DerElement element{static_cast<DerTag>(rest_[0]), rest_.subspan(header, size),
                           rest_.first(header + size)};
  rest_ = rest_.subspan(header + size);
  return element;
}

}  // namespace imgcrypt

// A reader of DER (X.690), enough for keys: definite lengths, low tag numbers, strictly in bounds.
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace imgcrypt {

enum class DerTag : std::uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kObjectId = 0x06,
  kSequence = 0x30,
  kContext0 = 0xa0,
  kContext1 = 0xa1,
};

// Reads elements one after another from bytes that must outlive it. Everything unexpected is nullopt.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  // The content of the next element if it has this tag; else nothing is consumed.
  std::optional<ByteView> take(DerTag tag);
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  ByteView rest_;
};

}  // namespace imgcrypt

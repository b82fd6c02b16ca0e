// A reader of DER (X.690), enough for keys and CMS: definite lengths, low tag numbers, never out of bounds.
// It does not check that values are canonical. A reader belongs to one thread.
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace imgcrypt {

// The identifier octet. Values without a name here occur too, in what others write.
enum class DerTag : std::uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kObjectId = 0x06,
  kPrimitiveSequence = 0x10,  // not DER, but Go's PKCS7 packets have it
  kSequence = 0x30,
  kSet = 0x31,
  kPrimitive0 = 0x80,
  kPrimitive4 = 0x84,
  kContext0 = 0xa0,
  kContext1 = 0xa1,
  kContext2 = 0xa2,
  kContext3 = 0xa3,
};

// Views into the bytes that the reader was made from; they live as long as those.
struct DerElement {
  DerTag tag;
  ByteView content;
  ByteView whole;  // tag, length and content
};

// Reads elements one after another from bytes that must outlive it and what it returns. Everything unexpected
// is nullopt.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  // The content of the next element if it has this tag; else nullopt, and nothing is consumed.
  std::optional<ByteView> take(DerTag tag);
  // The next element whatever its tag; nullopt at the end, when it is cut off, or when its length is
  // indefinite or has more than four bytes (X.690 sections 8.1.3.5 and 8.1.3.6).
  std::optional<DerElement> take_any();
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  ByteView rest_;
};

}  // namespace imgcrypt

#include "keyprovider/grpc/message.hpp"

#include <array>
#include <string_view>

namespace imgcrypt::keyprovider::remote {
namespace {

// Of protocol buffers. Groups, 3 and 4, are obsolete and refused.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kBytes = 2;
constexpr std::uint64_t kFixed32 = 5;
constexpr std::uint64_t kDocumentKey = 1U << 3U | kBytes;

class MessageReader {
 public:
  explicit MessageReader(ByteView rest) : rest_(rest) {}

  [[nodiscard]] bool is_at_end() const noexcept { return rest_.empty(); }

  std::uint64_t varint() {
    constexpr unsigned kMostBits = 64;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < kMostBits; shift += 7) {
      const std::uint64_t byte = take(1).front();
      value |= (byte & 0x7fU) << shift;
      if (byte < 0x80U) return value;
    }
    fail("a number of more than 64 bits");
  }

  ByteView bytes() { return take(varint()); }

  void pass_over(std::uint64_t type) {
    switch (type) {
      case kVarint:
        (void)varint();
        return;
      case kFixed64:
        (void)take(8);
        return;
      case kBytes:
        (void)bytes();
        return;
      case kFixed32:
        (void)take(4);
        return;
      default:
        fail("a field of an unknown type");
    }
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw Error(ErrorCode::kIntegrity, "not a message of the key provider service: " + what);
  }

  ByteView take(std::uint64_t size) {
    if (size > rest_.size()) fail("it is cut short");
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  ByteView rest_;
};

}  // namespace

SecretBytes encode_message(ByteView document) {
  std::string head(1, static_cast<char>(kDocumentKey));
  std::size_t size = document.size();
  for (; size >= 0x80U; size >>= 7U) head += static_cast<char>((size & 0x7fU) | 0x80U);
  head += static_cast<char>(size);
  return SecretBytes::joined({head, as_text(document)});
}

SecretBytes decode_message(ByteView message) {
  constexpr std::uint64_t kTypeMask = 7;
  MessageReader reader(message);
  ByteView document;
  while (!reader.is_at_end()) {
    const std::uint64_t key = reader.varint();
    if (key == kDocumentKey)
      document = reader.bytes();
    else
      reader.pass_over(key & kTypeMask);
  }
  return SecretBytes::copy_of(document);
}

}  // namespace imgcrypt::keyprovider::remote

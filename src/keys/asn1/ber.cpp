#include "keys/asn1/ber.hpp"

#include "keys/asn1/der_writer.hpp"

namespace imgcrypt {
namespace {

// Two bytes nest one level deeper: without a bound a packet of 64 KiB could exhaust the stack.
constexpr unsigned kMostDepth = 32;
constexpr std::uint8_t kConstructed = 0x20;
constexpr std::uint8_t kIndefinite = 0x80;
constexpr std::uint8_t kHighTagNumber = 0x1f;
constexpr std::uint8_t kConstructedOctetString =
    kConstructed | static_cast<std::uint8_t>(DerTag::kOctetString);

struct Header {
  std::uint8_t tag;
  std::optional<std::size_t> size;  // nullopt: up to an end mark
};

// The pieces are converted already, so pieces that are themselves in pieces have been joined.
std::optional<Bytes> join_strings(ByteView strings) {
  Bytes joined;
  DerReader reader(strings);
  while (!reader.at_end()) {
    const auto part = reader.take(DerTag::kOctetString);
    if (!part) return std::nullopt;
    joined.insert(joined.end(), part->begin(), part->end());
  }
  return joined;
}

class Converter {
 public:
  explicit Converter(ByteView ber) : rest_(ber) {}

  std::optional<Bytes> take_element(unsigned depth) {
    const auto header = take_header();
    if (!header || depth > kMostDepth) return std::nullopt;
    const auto content = take_content(*header, depth);
    if (!content) return std::nullopt;
    if (header->tag != kConstructedOctetString)
      return der_element(static_cast<DerTag>(header->tag), {*content});
    const auto joined = join_strings(*content);
    return joined ? std::optional(der_element(DerTag::kOctetString, {*joined})) : std::nullopt;
  }

 private:
  std::optional<Header> take_header() {
    if (rest_.size() < 2) return std::nullopt;
    const std::uint8_t tag = rest_[0];
    const std::uint8_t first = rest_[1];
    rest_ = rest_.subspan(2);
    // A zero here is an end mark without a beginning (X.690 section 8.1.5); keys and CMS have no high tags.
    if (tag == 0 || (tag & kHighTagNumber) == kHighTagNumber) return std::nullopt;
    if (first == kIndefinite) return Header{tag, std::nullopt};
    if (first < kIndefinite) return Header{tag, first};
    const std::size_t digits = first & 0x7fU;
    // More digits could only be leading zeros: packets are far smaller.
    if (digits > 4 || digits > rest_.size()) return std::nullopt;
    std::size_t size = 0;
    for (const std::uint8_t digit : rest_.first(digits)) size = size << 8U | digit;
    rest_ = rest_.subspan(digits);
    return Header{tag, size};
  }

  std::optional<Bytes> take_content(const Header& header, unsigned depth) {
    const bool is_constructed = (header.tag & kConstructed) != 0;
    // X.690 section 8.1.3.2: only constructed elements may have an indefinite length.
    if (!header.size) return is_constructed ? take_until_end_mark(depth) : std::nullopt;
    if (*header.size > rest_.size()) return std::nullopt;
    const ByteView content = rest_.first(*header.size);
    rest_ = rest_.subspan(*header.size);
    return is_constructed ? Converter(content).take_all(depth) : to_bytes(content);
  }

  std::optional<Bytes> take_until_end_mark(unsigned depth) {
    Bytes all;
    while (rest_.size() >= 2 && (rest_[0] | rest_[1]) != 0) {
      if (!append_element(all, depth)) return std::nullopt;
    }
    if (rest_.size() < 2) return std::nullopt;
    rest_ = rest_.subspan(2);
    return all;
  }

  std::optional<Bytes> take_all(unsigned depth) {
    Bytes all;
    while (!rest_.empty()) {
      if (!append_element(all, depth)) return std::nullopt;
    }
    return all;
  }

  bool append_element(Bytes& all, unsigned depth) {
    const auto element = take_element(depth + 1);
    if (element) all.insert(all.end(), element->begin(), element->end());
    return element.has_value();
  }

  ByteView rest_;
};

}  // namespace

std::optional<Bytes> der_from_ber(ByteView ber) { return Converter(ber).take_element(1); }

}  // namespace imgcrypt

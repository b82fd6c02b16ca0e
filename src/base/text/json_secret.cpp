#include "base/text/json_secret.hpp"

#include <charconv>

namespace imgcrypt {
namespace {

// Longest escape: \u00XX for one byte.
constexpr std::size_t kLongestEscape = 6;

// What stands for these bytes after a backslash, in the same order.
constexpr std::string_view kEscaped = "\"\\/\b\f\n\r\t";
constexpr std::string_view kEscapes = "\"\\/bfnrt";

class SecretWriter {
 public:
  explicit SecretWriter(std::size_t most) : bytes_(most) {}

  void add(char c) { bytes_.expose_mutable()[size_++] = static_cast<std::uint8_t>(c); }
  void add_code_point(unsigned point) {
    if (point < 0x80) return add(static_cast<char>(point));
    const unsigned continued = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr unsigned kLead[] = {0, 0xc0, 0xe0, 0xf0};
    add(static_cast<char>(kLead[continued] | point >> 6U * continued));
    for (unsigned left = continued; left-- > 0;) add(static_cast<char>(0x80U | (point >> 6U * left & 0x3fU)));
  }
  SecretBytes take() {
    bytes_.truncate(size_);
    return std::move(bytes_);
  }

 private:
  SecretBytes bytes_;
  std::size_t size_ = 0;
};

// The code unit of \uXXXX at the start of `text`.
unsigned unit_at(std::string_view text) {
  unsigned unit = 0;
  if (!text.starts_with("\\u") || text.size() < 6 ||
      std::from_chars(text.data() + 2, text.data() + 6, unit, 16).ptr != text.data() + 6)
    throw Error(ErrorCode::kIntegrity, "a string has an escape that is not Unicode");
  return unit;
}

// Of the escape \uXXXX, or of two that are one code point; returns how many bytes it takes.
std::size_t add_unicode(std::string_view text, SecretWriter& writer) {
  const unsigned first = unit_at(text);
  if (first < 0xd800 || first >= 0xe000) {
    writer.add_code_point(first);
    return 6;
  }
  const unsigned second = first < 0xdc00 ? unit_at(text.substr(6)) : 0;
  if (second < 0xdc00 || second >= 0xe000)
    throw Error(ErrorCode::kIntegrity, "a string has an escape that is not Unicode");
  writer.add_code_point(0x10000U + ((first - 0xd800U) << 10U) + (second - 0xdc00U));
  return 12;
}

}  // namespace

SecretBytes decode_json_secret(const JsonView& value) {
  if (value.kind() != JsonView::Kind::kString) throw Error(ErrorCode::kIntegrity, "a secret is not a string");
  std::string_view rest = value.text().substr(1, value.text().size() - 2);
  SecretWriter writer(rest.size());
  while (!rest.empty()) {
    std::size_t used = 1;
    if (rest.front() != '\\') {
      writer.add(rest.front());
    } else if (rest.substr(1, 1) == "u") {
      used = add_unicode(rest, writer);
    } else {
      const std::size_t which = rest.size() < 2 ? std::string_view::npos : kEscapes.find(rest[1]);
      if (which == std::string_view::npos)
        throw Error(ErrorCode::kIntegrity, "a string has an unknown escape");
      writer.add(kEscaped[which]);
      used = 2;
    }
    rest.remove_prefix(used);
  }
  return writer.take();
}

SecretBytes quote_json_secret(ByteView utf8) {
  SecretWriter writer(utf8.size() * kLongestEscape + 2);
  writer.add('"');
  for (const char c : as_text(utf8)) {
    if (c == '"' || c == '\\') {
      writer.add('\\');
      writer.add(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      for (const char each : std::string_view("\\u00")) writer.add(each);
      writer.add("01"[static_cast<unsigned char>(c) >> 4U]);
      writer.add("0123456789abcdef"[static_cast<unsigned char>(c) & 0xfU]);
    } else {
      writer.add(c);
    }
  }
  writer.add('"');
  return writer.take();
}

}  // namespace imgcrypt

#include "transport/http/http_message.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

namespace imgcrypt {

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = !text.empty() && error == std::errc() && stop == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

std::optional<std::string> HttpHead::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const HttpHeader& h) { return equal_ignoring_case(h.name, name); });
  return found == headers.end() ? std::nullopt : std::optional(found->value);
}

std::vector<std::string> HttpHead::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const HttpHeader& header : headers) {
    if (equal_ignoring_case(header.name, name)) values.push_back(header.value);
  }
  return values;
}

std::optional<std::uint64_t> HttpHead::content_length() const {
  const auto text = find("Content-Length");
  return text ? parse_number(*text) : std::nullopt;
}

std::size_t TextBody::read(MutableByteView room) {
  const std::size_t size = std::min(room.size(), text_.size() - read_);
  if (size > 0) std::memcpy(room.data(), text_.data() + read_, size);
  read_ += size;
  return size;
}

}  // namespace imgcrypt

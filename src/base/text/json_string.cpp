#include "base/text/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace imgcrypt {
namespace {

// nullopt unless the string is Unicode: nlohmann's parser refuses lone surrogates and bytes that are not
// UTF-8.
std::optional<std::string> decode(std::string_view quoted) {
  const auto decoded = nlohmann::json::parse(quoted, nullptr, /*allow_exceptions=*/false);
  return decoded.is_string() ? std::optional(decoded.get<std::string>()) : std::nullopt;
}

// The code unit of \uXXXX at the start of `text`; nullopt if there is something else.
std::optional<unsigned> code_unit(std::string_view text) {
  unsigned unit = 0;
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  const char* end = text.data() + 6;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  return error == std::errc() && stop == end ? std::optional(unit) : std::nullopt;
}

// The same string with \ufffd for each escaped surrogate without its other half, as Go's encoding/json reads
// it.
std::string without_lone_surrogates(std::string quoted) {
  for (std::size_t at = 0; at < quoted.size();) {
    const std::string_view rest = std::string_view(quoted).substr(at);
    const auto unit = code_unit(rest);
    const bool is_surrogate = unit && *unit >= 0xd800 && *unit < 0xe000;
    if (is_surrogate) {
      const auto next = code_unit(rest.substr(6));
      if (*unit < 0xdc00 && next && *next >= 0xdc00 && *next < 0xe000) {
        at += 12;
        continue;
      }
      quoted.replace(at, 6, "\\ufffd");
    }
    at += unit ? 6 : rest.front() == '\\' ? 2 : 1;
  }
  return quoted;
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace

std::string quote_json(std::string_view utf8) {
  return nlohmann::json(utf8).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string JsonView::string() const {
  require(Kind::kString, "string");
  const std::string_view inner = text_.substr(1, text_.size() - 2);
  if (is_plain_ascii(inner)) return std::string(inner);
  auto decoded = decode(text_);
  if (!decoded) fail("Unicode text expected");
  return std::move(*decoded);
}

std::string JsonView::lenient_string() const {
  require(Kind::kString, "string");
  const std::string_view inner = text_.substr(1, text_.size() - 2);
  if (is_plain_ascii(inner)) return std::string(inner);
  if (auto decoded = decode(text_)) return std::move(*decoded);
  std::string ascii = without_lone_surrogates(std::string(text_));
  if (auto decoded = decode(ascii)) return std::move(*decoded);
  std::ranges::replace_if(ascii, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }, '?');
  // Still not a string only where check_json() was not called.
  return decode(ascii).value_or(std::string());
}

}  // namespace imgcrypt

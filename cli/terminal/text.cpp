#include "cli/terminal/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

namespace imgcrypt::cli {
namespace {

// Not shown, or shown by changing what is around them (Unicode: Cc of C1, Cf, Zl and Zp; tags).
constexpr std::array<std::pair<char32_t, char32_t>, 10> kInvisible = {{{0x7f, 0x9f},
                                                                       {0xad, 0xad},
                                                                       {0x61c, 0x61c},
                                                                       {0x180e, 0x180e},
                                                                       {0x200b, 0x200f},
                                                                       {0x2028, 0x202e},
                                                                       {0x2060, 0x206f},
                                                                       {0xfeff, 0xfeff},
                                                                       {0xfff9, 0xfffb},
                                                                       {0xe0000, 0xe0fff}}};

bool is_invisible(char32_t point) {
  if (point < 0x20) return true;
  for (const auto& [first, last] : kInvisible) {
    if (point >= first && point <= last) return true;
  }
  return false;
}

struct Character {
  char32_t point = 0;
  std::size_t size = 0;  // bytes
};

// The first character of `text`; nullopt if its first byte does not begin valid UTF-8 (RFC 3629).
std::optional<Character> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return Character{first, 1};
  const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size == 0 || size > text.size()) return std::nullopt;
  char32_t point = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return std::nullopt;
    point = point << 6U | (byte(i) & 0x3fU);
  }
  const char32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = point >= 0xd800 && point < 0xe000;
  if (point < least || point > 0x10ffff || is_surrogate) return std::nullopt;
  return Character{point, size};
}

std::string hex(const char* form, std::uint32_t number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), form, number);
  return text.data();
}

std::string escape(char32_t point) {
  if (point == '\n') return "\\n";
  if (point == '\r') return "\\r";
  if (point == '\t') return "\\t";
  return hex(point < 0x80 ? "\\x%02x" : "\\u{%x}", point);
}

}  // namespace

std::string visible(std::string_view text, Characters characters) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto character = decode(text);
    const std::size_t size = character ? character->size : 1;
    if (!character) {
      result += hex("\\x%02x", static_cast<std::uint8_t>(text.front()));
    } else if (is_invisible(character->point) || (characters == Characters::kAscii && size > 1)) {
      result += escape(character->point);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result;
}

Text Text::of_lines(std::string_view lines) {
  Text text;
  while (!lines.empty()) {
    const std::size_t size = lines.find_first_of("\n\t");
    text.text_ += visible(lines.substr(0, size));
    if (size == std::string_view::npos) break;
    text.text_ += lines[size];
    lines.remove_prefix(size + 1);
  }
  return text;
}

}  // namespace imgcrypt::cli

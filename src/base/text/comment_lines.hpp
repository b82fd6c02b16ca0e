// Texts with one item a line, in which empty lines and those that begin with # do not count, nor does a byte
// order mark of UTF-8, as editors write it. They may be secret: nothing is copied. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace imgcrypt {

[[nodiscard]] inline std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

// Calls `take(line, number)` for each line that counts, without its end; the first line is number 1.
template <typename Take>
void for_each_item_line(std::string_view text, Take take) {
  text = without_mark(text);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) take(line, number);
  }
}

// The text from the first line that counts on; empty if there is none.
[[nodiscard]] inline std::string_view from_first_item(std::string_view text) {
  text = without_mark(text);
  while (text.starts_with('#') || text.starts_with('\n') || text.starts_with("\r\n")) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text;
}

}  // namespace imgcrypt

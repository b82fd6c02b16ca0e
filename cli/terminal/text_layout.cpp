#include "cli/terminal/text_layout.hpp"

#include <algorithm>
#include <ranges>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kNarrowestText =
    20;  // columns; in less, broken text is worse than text the terminal wraps

}  // namespace

std::string break_lines(std::string_view text, std::size_t columns, std::size_t start, std::size_t indent) {
  if (columns < indent + kNarrowestText) return std::string(text);
  std::string result;
  std::size_t column = start;
  bool is_first = true;
  for (const auto part : std::views::split(text, ' ')) {
    const std::string_view word(part.begin(), part.end());
    if (!is_first && column + 1 + word.size() > columns) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!is_first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    is_first = false;
  }
  return result;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace imgcrypt::cli

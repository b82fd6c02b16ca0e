#include "cli/filled_text.hpp"

#include <ranges>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kNarrowest = 20;

}  // namespace

std::string filled(std::string_view text, std::size_t columns, std::size_t start, std::size_t indent) {
  if (columns < indent + kNarrowest) return std::string(text);
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

}  // namespace imgcrypt::cli

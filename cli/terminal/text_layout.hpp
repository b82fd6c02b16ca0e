// Words put into lines and columns, for help and reports. Text is ASCII: a byte is a column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

// Breaks text at its spaces into lines of at most `columns` columns; only a longer word is wider. The first
// line begins in column `start`, the others are indented by `indent`. The last has no newline. If fewer than
// 20 columns are left beside the indent, the text stays one line.
[[nodiscard]] std::string break_lines(std::string_view text, std::size_t columns, std::size_t start,
                                      std::size_t indent);

// Padded on the left to `width` columns; longer text stays as it is, and moves what follows it.
[[nodiscard]] std::string right_aligned(const std::string& text, std::size_t width);

}  // namespace imgcrypt::cli

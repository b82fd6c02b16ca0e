// Words filled into lines and columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

// The first line begins in column `start`; the others are indented by `indent` columns. No newline at the
// end. Fewer than 20 columns behind the indent are not believed: then it is one line.
[[nodiscard]] std::string filled(std::string_view text, std::size_t columns, std::size_t start,
                                 std::size_t indent);

// As many columns wide, unless the text is longer.
[[nodiscard]] std::string right_aligned(const std::string& text, std::size_t width);

}  // namespace imgcrypt::cli

// What somebody may have meant who misspelt a word: for "did you mean" in hints. A pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// The first of the nearest names; empty if none is near, i.e. if more than a third of the letters of `text`
// or more than three are added, left out, wrong or swapped, unless it is the beginning, of three letters or
// more, of one name only. Text of more than 40 bytes is near to nothing but that.
[[nodiscard]] std::string nearest_name(std::string_view text, const std::vector<std::string>& names);

// Letters of ASCII alone.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace imgcrypt

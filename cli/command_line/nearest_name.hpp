// Did you mean...: the name that is nearest to what was written. For hints of usage errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::cli {

// The first of the nearest names; empty if none is near. Up to a third of the letters may be wrong, three at
// most; or the text is the beginning, of three letters or more, of one name only.
[[nodiscard]] std::string nearest_name(std::string_view text, const std::vector<std::string>& names);

}  // namespace imgcrypt::cli

// Lists in messages, which must stay short however many items there are. A pure function.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace imgcrypt {

inline constexpr std::size_t kMostListed = 10;

// "a, b and 3 more": at most kMostListed of the items. `count` is how many there are, should `items` be only
// the first of them; empty if there are none.
[[nodiscard]] std::string short_list(const std::vector<std::string>& items, std::size_t count);
[[nodiscard]] inline std::string short_list(const std::vector<std::string>& items) {
  return short_list(items, items.size());
}

}  // namespace imgcrypt

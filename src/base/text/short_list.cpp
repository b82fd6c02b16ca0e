#include "base/text/short_list.hpp"

#include <algorithm>

namespace imgcrypt {

std::string short_list(const std::vector<std::string>& items, std::size_t count) {
  const std::size_t listed = std::min(items.size(), kMostListed);
  std::string text;
  for (std::size_t i = 0; i < listed; ++i) text += (text.empty() ? "" : ", ") + items[i];
  if (count > listed) text += " and " + std::to_string(count - listed) + " more";
  return text;
}

}  // namespace imgcrypt

// Text files of keys, one a line: empty lines and those that begin with # do not count.
#pragma once

#include <imgcrypt/error.hpp>

#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::age {

// Files of recipients and of identities, PEM included.
inline constexpr std::size_t kMostKeyFileBytes = std::size_t{64} * 1024;

// Calls `take` for each line that counts, without its end. What it throws is given the line's number, unless
// it is the only line of the text.
template <typename Take>
void for_each_key_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    try {
      take(line);
    } catch (const Error& error) {
      if (number == 1 && text.empty()) throw;
      throw error.in("line " + std::to_string(number));
    }
  }
}

}  // namespace imgcrypt::keyprovider::age

// Text files of keys, one a line.
#pragma once

#include "base/text/comment_lines.hpp"

#include <imgcrypt/error.hpp>

#include <string>

namespace imgcrypt::keyprovider::age {

// Files of recipients and of identities, PEM included.
inline constexpr std::size_t kMostKeyFileBytes = std::size_t{64} * 1024;

// Calls `take` for each line that counts. What it throws is given the line's number.
template <typename Take>
void for_each_key_line(std::string_view text, Take take) {
  for_each_item_line(text, [&](std::string_view line, std::size_t number) {
    try {
      take(line);
    } catch (const Error& error) {
      throw error.in("line " + std::to_string(number));
    }
  });
}

}  // namespace imgcrypt::keyprovider::age

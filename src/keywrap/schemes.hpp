// The key schemes there are: one row each. A new scheme is a new file and a row.
#pragma once

#include "base/bytes.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct Scheme {
  std::string_view name;        // as in "jwe:KEY"
  std::string_view annotation;  // that its packets stand in
  // One line a recipient of a packet. Throws kIntegrity for what is no packet.
  std::vector<std::string> (*describe)(ByteView packet);
};

[[nodiscard]] std::span<const Scheme> schemes();

}  // namespace imgcrypt

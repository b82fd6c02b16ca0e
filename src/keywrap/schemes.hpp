// The key schemes there are: one row each. A new scheme is a new file and a row.
#pragma once

#include "keywrap/described_recipient.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct Scheme {
  std::string_view name;        // as in "jwe:KEY"
  std::string_view annotation;  // that its packets stand in
  // The recipients of a packet, in its order. Throws kIntegrity or kRefused for what cannot be read.
  std::vector<DescribedRecipient> (*describe)(ByteView packet);
};

[[nodiscard]] std::span<const Scheme> schemes();

}  // namespace imgcrypt

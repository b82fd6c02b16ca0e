// The key schemes there are: one row each. A new scheme is a new file and a row.
#pragma once

#include "keywrap/described_recipient.hpp"

#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct Scheme {
  std::string_view name;        // as in "jwe:KEY"
  std::string_view annotation;  // that its packets stand in
  // The recipients of a packet, in its order. Throws kIntegrity or kRefused for what cannot be read.
  std::vector<DescribedRecipient> (*describe)(ByteView packet);
  // The packet without the recipients at these positions. No key is needed: what the others unwrap, and what
  // authenticates it, stays as it is. Throws as describe. REQUIRES: at least one is left.
  Bytes (*without)(ByteView packet, const std::set<std::size_t>& positions);
};

[[nodiscard]] std::span<const Scheme> schemes();

}  // namespace imgcrypt

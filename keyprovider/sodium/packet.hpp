// What stands in a layer's annotation: the private options, sealed once for each recipient (README.md,
// "sodium"). There is one way to write a packet, and nothing else is read.
#pragma once

#include "keyprovider/sodium/key.hpp"

#include <string>
#include <vector>

namespace imgcrypt::keyprovider::sodium {

inline constexpr std::size_t kMostRecipients = 64;

struct SealedCopy {
  PublicKey recipient;
  Bytes sealed;
};

[[nodiscard]] std::string format_packet(const std::vector<SealedCopy>& copies);
// Throws Error: kIntegrity for what is damaged, kRefused for versions to come.
[[nodiscard]] std::vector<SealedCopy> parse_packet(ByteView packet);

}  // namespace imgcrypt::keyprovider::sodium

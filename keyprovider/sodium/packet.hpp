// What this provider puts into a layer's annotation: the private options, sealed once for each recipient
// (README.md, section "sodium"). There is exactly one way to write a packet, and nothing else can be read.
// Safe in every thread.
#pragma once

#include "keyprovider/sodium/key.hpp"

#include <string>
#include <vector>

namespace imgcrypt::keyprovider::sodium {

inline constexpr std::size_t kMostRecipients = 64;

struct SealedCopy {
  PublicKey recipient;  // of a parsed packet: what its writer claims, until the copy opens
  Bytes sealed;         // a sealed box
};

// As JSON. REQUIRES: 1 to kMostRecipients copies; parse_packet reads no others.
[[nodiscard]] std::string format_packet(const std::vector<SealedCopy>& copies);
// Opens nothing. Throws kIntegrity if it is damaged, kUsage if a recipient is not a public key, and kRefused
// if it is of a later version or for more than kMostRecipients.
[[nodiscard]] std::vector<SealedCopy> parse_packet(ByteView packet);

}  // namespace imgcrypt::keyprovider::sodium

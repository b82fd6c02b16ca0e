// A packet of the scheme `pkcs11`, as ocicrypt writes it: {"version":0,"recipients":[{"version":0,
// "blob":BASE64,"hash":"sha1"|"sha256"}]}. A blob is the private options, encrypted with RSA-OAEP for one
// key, which nothing names. Read by the scheme without a token, and by keyprovider-pkcs11. Pure functions,
// safe for use by several threads.
#pragma once

#include "keys/key.hpp"

#include <optional>
#include <set>
#include <vector>

namespace imgcrypt {

// Each that has the length of a key may cost an operation with it, in a slow token.
inline constexpr std::size_t kMostPkcs11Recipients = 64;

struct Pkcs11Recipient {
  Bytes encrypted;
  // nullopt: a version, a hash or a blob that cannot be read, as of a later program. Others of the packet
  // can.
  std::optional<OaepHash> hash;
};

// In the packet's order, at least one. Throws kIntegrity for what is not such a packet, kRefused for another
// version and for more than kMostPkcs11Recipients.
[[nodiscard]] std::vector<Pkcs11Recipient> parse_pkcs11_message(ByteView packet);

// REQUIRES: each has its hash.
[[nodiscard]] Bytes format_pkcs11_message(const std::vector<Pkcs11Recipient>& recipients);

// The packet without the recipients at these positions; everything else keeps its bytes. Throws as
// parse_pkcs11_message. REQUIRES: at least one is left.
[[nodiscard]] Bytes without_pkcs11_recipients(ByteView packet, const std::set<std::size_t>& positions);

}  // namespace imgcrypt

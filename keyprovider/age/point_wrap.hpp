// How a file key is wrapped for a point of Curve25519: a fresh key agrees with it on the key that wraps. What
// the kinds X25519 and ssh-ed25519 share. Safe in every thread.
#pragma once

#include "keyprovider/age/primitives.hpp"

#include <string>

namespace imgcrypt::keyprovider::age {

// Which kind of stanza it is. The tweak changes the shared secret once more and is part of ssh-ed25519 alone;
// empty: none.
struct PointKind {
  std::string_view label;  // "age-encryption.org/v1/X25519"
  ByteView tweak = {};
};

struct WrappedForPoint {
  std::string share;  // an argument of the stanza
  Bytes body;
};

// Throws kUsage for a point that has no secret key.
[[nodiscard]] WrappedForPoint wrap_for_point(const PointKind& kind, const Point& recipient,
                                             const SecretBytes& file_key);
// nullopt if it does not open. Throws kIntegrity for what no key wrapped: another length, a point of low
// order. `recipient` is the public point of `scalar`.
[[nodiscard]] std::optional<SecretBytes> unwrap_for_point(const PointKind& kind, const SecretBytes& scalar,
                                                          const Point& recipient, std::string_view share,
                                                          ByteView body);
// Throws kIntegrity.
[[noreturn]] void fail_stanza();

}  // namespace imgcrypt::keyprovider::age

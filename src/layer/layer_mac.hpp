// How the ciphertext of a layer is authenticated.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/stream.hpp"
#include "crypto/mac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

// A MAC that has seen nothing yet, and what it must be at the end of the layer.
struct LayerMac {
  Mac mac;
  Bytes expected;
};

[[nodiscard]] LayerMac layer_hmac(const PrivateOptions& options, const PublicOptions& public_options);

// Throws kIntegrity "layer authentication failed" unless they are equal.
void require_equal_macs(ByteView made, ByteView expected);

// Reads the ciphertext to its end. Throws kIntegrity "layer authentication failed" when its HMAC does not
// fit. For whoever reads the same bytes once more, it returns a MAC that is cheaper: Poly1305 with a random
// key, which nobody knows and so nobody can change them for.
[[nodiscard]] LayerMac verify_layer(Source& ciphertext, LayerMac hmac);

}  // namespace imgcrypt

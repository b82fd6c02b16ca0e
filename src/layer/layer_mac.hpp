// How the ciphertext of a layer is authenticated: by HMAC-SHA-256 with the layer's key, as the ocicrypt
// specification says, and by a faster MAC for whoever reads the same layer once more. Everything here belongs
// to one thread at a time.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/stream.hpp"
#include "crypto/mac.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

namespace imgcrypt {

// A MAC that has seen nothing yet, and the code that it must give at the end of the layer. Copies are
// independent, so that one object serves several passes.
struct LayerMac {
  Mac mac;
  Bytes expected;
};

// The one that the specification demands. Throws kOther if OpenSSL fails.
[[nodiscard]] LayerMac layer_hmac(const PrivateOptions& options, const PublicOptions& public_options);

// Throws kIntegrity "layer authentication failed" unless they are equal, in a time that does not depend on
// where they differ.
void require_equal_macs(ByteView made, ByteView expected);

// Reads the ciphertext to its verified end. Throws kIntegrity "layer authentication failed" if its HMAC does
// not fit, what the source throws, and kCancelled. Returns a MAC with which a second pass recognises the same
// ciphertext in a quarter of the time: Poly1305 with a random key. It is safe against somebody who changes
// the bytes between the passes because key and code never leave this process.
[[nodiscard]] LayerMac verify_layer(Source& ciphertext, LayerMac hmac);

}  // namespace imgcrypt

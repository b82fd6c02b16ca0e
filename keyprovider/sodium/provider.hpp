// The provider: seals for the public keys that a request names, and opens with the secret key files that a
// request names and with those of this machine. One thread.
#pragma once

#include "keyprovider/key_places.hpp"
#include "keyprovider/key_ring.hpp"
#include "keyprovider/serve.hpp"
#include "keyprovider/sodium/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::sodium {

using SodiumKeyRing = KeyRing<SecretKey>;

class SodiumProvider final : public KeyProvider {
 public:
  // Opens no file: the first packet does.
  explicit SodiumProvider(KeyPlaces node) : node_(std::move(node)) {}

  // One packet for all recipients; one that is named twice counts once. Throws kUsage if none is named or a
  // parameter is not a public key, and kRefused if there are too many.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Throws kNoKey if none of the keys is a recipient, with their public keys and the files that could not be
  // used, of which none stops the others; kUsage if files were named and none of them can be used; kIntegrity
  // if a key is a recipient, but cannot open its copy.
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  // Throws kNotFound for a directory that cannot be listed. Kept only if it succeeds: the next request tries
  // again.
  const SodiumKeyRing& keys_of_node();

  KeyPlaces node_;
  std::optional<SodiumKeyRing> keys_of_node_;  // read once, by the first packet that needs them
};

}  // namespace imgcrypt::keyprovider::sodium

// The provider: seals for the public keys that a request names, and opens with the secret key files that a
// request names and with those of this machine. One thread.
#pragma once

#include "keyprovider/key_places.hpp"
#include "keyprovider/serve.hpp"
#include "keyprovider/sodium/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::sodium {

// What was found at the places of this machine.
struct KeyRing {
  std::vector<SecretKey> keys;
  std::vector<std::string> skipped;  // files of a directory that hold no key, and why
};

class SodiumProvider final : public KeyProvider {
 public:
  // Opens no file: the first packet does.
  explicit SodiumProvider(KeyPlaces node) : node_(std::move(node)) {}

  // One packet for all recipients; one that is named twice counts once. Throws kUsage if none is named or a
  // parameter is not a public key, and kRefused if there are too many.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Throws kNoKey if none of the keys is a recipient, with their public keys and the files that were skipped;
  // kIntegrity if one is, but cannot open its copy. A key file that was named and cannot be read is an error;
  // one of a directory is skipped.
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  // Throws as read_secret_key for a file, kNotFound for a directory that cannot be listed. Kept only if it
  // succeeds: the next request tries again.
  const KeyRing& keys_of_node();

  KeyPlaces node_;
  std::optional<KeyRing> keys_of_node_;  // read once, by the first packet that needs them
};

}  // namespace imgcrypt::keyprovider::sodium

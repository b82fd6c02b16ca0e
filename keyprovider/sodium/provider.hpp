// The provider: seals for the public keys that a request names, opens with the secret key files that a
// request names and with those of the node.
#pragma once

#include "keyprovider/serve.hpp"
#include "keyprovider/sodium/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::sodium {

struct KeyPlaces {
  std::vector<std::string> files;
  std::vector<std::string> directories;  // of NAME.key files
};

struct KeyRing {
  std::vector<SecretKey> keys;
  std::vector<std::string> skipped;  // files of a directory that hold no key, and why
};

class SodiumProvider final : public KeyProvider {
 public:
  explicit SodiumProvider(KeyPlaces node) : node_(std::move(node)) {}

  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  const KeyRing& keys_of_node();

  KeyPlaces node_;
  std::optional<KeyRing> keys_of_node_;  // read once, by the first packet that needs them
};

}  // namespace imgcrypt::keyprovider::sodium

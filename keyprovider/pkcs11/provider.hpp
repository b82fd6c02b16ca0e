// The provider: makes ocicrypt's PKCS#11 packets for keys of tokens and of files, and uses the private keys
// of tokens. One thread.
#pragma once

#include "keyprovider/device_provider.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/pkcs11/token_private_key.hpp"

namespace imgcrypt::keyprovider::pkcs11 {

class Pkcs11Provider final : public DeviceProvider {
 public:
  // Loads no module: the first request that needs one does.
  explicit Pkcs11Provider(KeyPlaces node) : node_(std::move(node)) {}

  // One packet for all recipients; one that is named twice counts once. Throws kUsage if none is named, one
  // cannot be used, or they are too many; kProvider.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // For callers other than imgcrypt, which has the packet and asks for its own operations with keys only.
  // Throws kNoKey if no key opens it; as open_key for one that cannot be used; as parse_pkcs11_message().
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;
  // `key`: a URI without "pkcs11:", or a YAML key file. The result refers to this provider.
  [[nodiscard]] PrivateKey open_key(const std::string& key, const SecretBytes* passphrase) override;
  [[nodiscard]] bool needs_passphrase(const std::string& key) override;

 private:
  KeyPlaces node_;
  Tokens tokens_;
};

}  // namespace imgcrypt::keyprovider::pkcs11

// The provider: makes ocicrypt's PKCS#11 packets for keys of tokens and of files, and opens them with the
// private keys of tokens that a request names, and with those of this machine. One thread.
#pragma once

#include "keyprovider/key_places.hpp"
#include "keyprovider/pkcs11/tokens.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::pkcs11 {

class Pkcs11Provider final : public KeyProvider {
 public:
  // Loads no module: the first request that needs one does.
  explicit Pkcs11Provider(KeyPlaces node) : node_(std::move(node)) {}

  // One packet for all recipients; one that is named twice counts once. Throws kUsage if none is named, one
  // cannot be used, or they are too many; kProvider.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Throws kNoKey if no key opens it, with those that were tried; kUsage if keys were named and none of them
  // can be used; as parse_pkcs11_message().
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;
  // A key's passphrase is its PIN, before that of its URI.
  SecretBytes unwrap_with_passphrases(const ProviderRequest& request) override;

 private:
  KeyPlaces node_;
  Tokens tokens_;
};

}  // namespace imgcrypt::keyprovider::pkcs11

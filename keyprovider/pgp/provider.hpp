// The provider: makes OpenPGP messages for the recipients that a request names, and opens them with the
// secret keys of files that it names, with those of this machine, and with the user's own agent. One thread.
#pragma once

#include "keyprovider/key_places.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::pgp {

class PgpProvider final : public KeyProvider {
 public:
  // Opens no file: the first packet does.
  explicit PgpProvider(KeyPlaces node) : node_(std::move(node)) {}

  // One message for all recipients; one that is named twice counts once. Throws kUsage if none is named, one
  // cannot be used, or they are too many; kProvider.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Throws kNoKey if no key opens it, with those that were tried; kUsage if files were named and none of them
  // can be used; as parse_pgp_message() and decrypt_with_own_keys().
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;
  SecretBytes unwrap_with_passphrases(const ProviderRequest& request) override;

 private:
  KeyPlaces node_;
};

}  // namespace imgcrypt::keyprovider::pgp

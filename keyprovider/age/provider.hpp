// The provider: makes age files for the recipients that a request names, and opens them with the private keys
// that a request names and with those of this machine. One thread.
#pragma once

#include "keyprovider/age/recipient.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/key_ring.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::age {

using AgeKeyRing = KeyRing<std::unique_ptr<Identity>>;

class AgeProvider final : public KeyProvider {
 public:
  // Opens no file: the first packet does.
  explicit AgeProvider(KeyPlaces node) : node_(std::move(node)) {}

  // One file for all recipients; one that is named twice counts once. Throws kUsage if none is named, one
  // cannot be used, or they are too many.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  // Throws kNoKey if none of the keys opens it, with their public halves and the files that could not be
  // used, of which none stops the others; kUsage if files were named and none of them can be used; and as
  // decrypt().
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;

 private:
  // Throws kNotFound for a directory that cannot be listed. Kept only if it succeeds: the next request tries
  // again.
  const AgeKeyRing& keys_of_node();

  KeyPlaces node_;
  std::optional<AgeKeyRing> keys_of_node_;  // read once, by the first packet that needs them
};

}  // namespace imgcrypt::keyprovider::age

#include "crypto/random.hpp"

#include "crypto/openssl.hpp"

#include <openssl/rand.h>

namespace imgcrypt {

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  openssl::check(RAND_bytes(bytes.data(), static_cast<int>(size)), "RAND_bytes");
  return bytes;
}

SecretBytes random_secret(std::size_t size) {
  SecretBytes secret(size);
  // A generator of its own: even if somebody could learn the state of the public one from nonces, keys stay
  // unknown.
  openssl::check(RAND_priv_bytes(secret.expose_mutable().data(), static_cast<int>(size)), "RAND_priv_bytes");
  return secret;
}

}  // namespace imgcrypt

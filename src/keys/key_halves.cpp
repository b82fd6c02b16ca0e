// Whether a private key opens what is encrypted with its public half.
#include "keys/key.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

// OpenSSL's check of an RSA key looks for factors of its primes, which takes long.
bool opens_its_own(const PrivateKey& key) {
  const ByteView probe = as_bytes("halves");
  const auto opened =
      key.decrypt_oaep(key.public_key().encrypt_oaep(probe, OaepHash::kSha256), OaepHash::kSha256);
  return opened && std::ranges::equal(opened->expose(), probe);
}

// The curves' orders are prime, so no other private half agrees on the same point.
bool agrees_with_its_own(const PrivateKey& key) {
  const PrivateKey other = PrivateKey::generate_ec(key.public_key().curve());
  const SecretBytes ours = key.agree(other.public_key());
  return equal_constant_time(ours.expose(), other.agree(key.public_key()).expose());
}

}  // namespace

void PrivateKey::check_halves() const {
  if (public_.kind() == KeyKind::kRsa ? opens_its_own(*this) : agrees_with_its_own(*this)) return;
  throw Error(ErrorCode::kRefused, "its private half does not belong to its public half",
              "nothing that is encrypted with the public half can be opened: use another copy of the key");
}

}  // namespace imgcrypt

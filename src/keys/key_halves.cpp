// Whether a private key opens what is encrypted with its public half.
#include "crypto/openssl.hpp"
#include "keys/key.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>

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

bool is_pair(EVP_PKEY* ec) {
  const openssl::KeyContext context(openssl::check(EVP_PKEY_CTX_new(ec, nullptr), "EVP_PKEY_CTX_new"));
  const bool is_one = EVP_PKEY_pairwise_check(context.get()) == 1;
  ERR_clear_error();
  return is_one;
}

}  // namespace

void PrivateKey::check_halves() const {
  if (public_.kind() == KeyKind::kRsa ? opens_its_own(*this) : is_pair(public_.key_.get())) return;
  throw Error(ErrorCode::kRefused, "its private half does not belong to its public half",
              "nothing that is encrypted with the public half can be opened: use another copy of the key");
}

}  // namespace imgcrypt

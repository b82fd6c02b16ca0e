#include "crypto/concat_kdf.hpp"

#include "crypto/openssl.hpp"

#include <array>

namespace imgcrypt {

SecretBytes concat_kdf(const SecretBytes& shared_secret, ByteView other_info, std::size_t size) {
  // OpenSSL's name for the one-step KDF. It hashes counter, secret and OtherInfo, as Concat KDF does.
  const openssl::Kdf kdf(openssl::check(EVP_KDF_fetch(nullptr, "SSKDF", nullptr), "EVP_KDF_fetch"));
  const openssl::KdfContext context(openssl::check(EVP_KDF_CTX_new(kdf.get()), "EVP_KDF_CTX_new"));
  char digest[] = "SHA256";
  // OpenSSL takes parameters as void*, but only reads these.
  auto* secret = const_cast<std::uint8_t*>(shared_secret.expose().data());
  auto* info = const_cast<std::uint8_t*>(other_info.data());
  const std::array params = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, shared_secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, other_info.size()),
      OSSL_PARAM_construct_end()};
  SecretBytes key(size);
  openssl::check(EVP_KDF_derive(context.get(), key.expose_mutable().data(), size, params.data()),
                 "EVP_KDF_derive");
  return key;
}

}  // namespace imgcrypt

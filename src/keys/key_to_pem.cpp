// PEM of the keys of key.hpp.
#include "crypto/openssl.hpp"
#include "keys/key.hpp"
#include "keys/passphrase.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

namespace imgcrypt {
namespace {

using AlgorithmIdentifier = std::unique_ptr<X509_ALGOR, openssl::Deleter<X509_ALGOR_free>>;
using KeyInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl::Deleter<PKCS8_PRIV_KEY_INFO_free>>;
using LockedKey = std::unique_ptr<X509_SIG, openssl::Deleter<X509_SIG_free>>;

// PBKDF2 with HMAC-SHA-256: a third of a second for whoever guesses, and for us.
constexpr int kIterations = 600'000;

ByteView content_of(const openssl::Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

// RFC 8018 section 6.2.
LockedKey lock(const PKCS8_PRIV_KEY_INFO* key, const SecretBytes& passphrase) {
  // Without a salt and an IV from us, OpenSSL makes random ones.
  AlgorithmIdentifier algorithm(openssl::check(
      PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), kIterations, nullptr, 0, nullptr, NID_hmacWithSHA256),
      "PKCS5_pbe2_set_iv"));
  LockedKey locked(openssl::check(PKCS8_set0_pbe(reinterpret_cast<const char*>(passphrase.expose().data()),
                                                 static_cast<int>(passphrase.size()),
                                                 const_cast<PKCS8_PRIV_KEY_INFO*>(key), algorithm.get()),
                                  "PKCS8_set0_pbe"));
  (void)algorithm.release();  // the result owns it
  return locked;
}

}  // namespace

SecretBytes PrivateKey::to_pem(const SecretBytes* passphrase) const {
  if (elsewhere_) throw Error(ErrorCode::kRefused, "the private key cannot leave the place where it is");
  if (passphrase != nullptr) check_passphrase(*passphrase);
  const openssl::Bio pem(openssl::check(BIO_new(BIO_s_secmem()), "BIO_new"));
  const KeyInfo info(openssl::check(EVP_PKEY2PKCS8(public_.key_.get()), "EVP_PKEY2PKCS8"));
  openssl::check(passphrase == nullptr ? PEM_write_bio_PKCS8_PRIV_KEY_INFO(pem.get(), info.get())
                                       : PEM_write_bio_PKCS8(pem.get(), lock(info.get(), *passphrase).get()),
                 "writing a private key");
  return SecretBytes::copy_of(content_of(pem));
}

std::string PublicKey::to_pem() const {
  const openssl::Bio pem(openssl::check(BIO_new(BIO_s_mem()), "BIO_new"));
  openssl::check(PEM_write_bio_PUBKEY(pem.get(), key_.get()), "PEM_write_bio_PUBKEY");
  return std::string(as_text(content_of(pem)));
}

}  // namespace imgcrypt

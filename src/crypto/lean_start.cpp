#include "crypto/lean_start.hpp"

#include "crypto/lean_provider.hpp"
#include "crypto/openssl.hpp"

namespace imgcrypt {

void start_openssl_leanly() {
  // OpenSSL initialises itself once: whoever comes second no longer decides how.
  openssl::check(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                                         OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
                                     nullptr),
                 "OPENSSL_init_crypto");
  load_lean_provider();
  // PEM files name their cipher in "DEK-Info:", and OpenSSL looks it up in the table that was left out.
  for (const EVP_CIPHER* cipher :
       {EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc(), EVP_des_ede3_cbc()}) {
    openssl::check(EVP_add_cipher(cipher), "EVP_add_cipher");
  }
}

}  // namespace imgcrypt

// What the keys of key.hpp do if they are RSA.
#include "base/cancel.hpp"
#include "crypto/openssl.hpp"
#include "keys/key.hpp"
#include "keys/rsa_padding.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostRsaBytes = 16384 / 8;

openssl::KeyContext context_for(EVP_PKEY* key) {
  return openssl::KeyContext(openssl::check(EVP_PKEY_CTX_new(key, nullptr), "EVP_PKEY_CTX_new"));
}

void set_oaep(EVP_PKEY_CTX* context, OaepHash hash, std::string_view label) {
  const EVP_MD* type = hash == OaepHash::kSha1 ? EVP_sha1() : EVP_sha256();
  openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), "choosing OAEP");
  openssl::check(EVP_PKEY_CTX_set_rsa_oaep_md(context, type), "choosing the OAEP hash");
  openssl::check(EVP_PKEY_CTX_set_rsa_mgf1_md(context, type), "choosing the MGF1 hash");
  if (label.empty()) return;
  void* const copy = openssl::check(OPENSSL_memdup(label.data(), label.size()), "copying the label");
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) > 0) return;
  OPENSSL_free(copy);  // on success it is the context's
  openssl::fail("setting the label");
}

template <typename SetPadding>
Bytes encrypt(EVP_PKEY* key, ByteView message, SetPadding set_padding) {
  const auto context = context_for(key);
  openssl::check(EVP_PKEY_encrypt_init(context.get()), "EVP_PKEY_encrypt_init");
  set_padding(context.get());
  Bytes ciphertext(kMostRsaBytes);
  std::size_t size = ciphertext.size();
  openssl::check(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, message.data(), message.size()),
                 "EVP_PKEY_encrypt");
  ciphertext.resize(size);
  return ciphertext;
}

// nullopt when OpenSSL refuses: a wrong length, a number that is not smaller than the modulus, a wrong
// padding.
template <typename SetPadding>
std::optional<SecretBytes> decrypt(EVP_PKEY* key, ByteView ciphertext, SetPadding set_padding) {
  const auto context = context_for(key);
  openssl::check(EVP_PKEY_decrypt_init(context.get()), "EVP_PKEY_decrypt_init");
  set_padding(context.get());
  SecretBytes message(kMostRsaBytes);
  std::size_t size = message.size();
  if (EVP_PKEY_decrypt(context.get(), message.expose_mutable().data(), &size, ciphertext.data(),
                       ciphertext.size()) <= 0) {
    ERR_clear_error();
    return std::nullopt;
  }
  message.truncate(size);
  return message;
}

// OpenSSL calls it again and again while it looks for primes; 0 ends the search.
int go_on(EVP_PKEY_CTX*) { return cancel_signal() == 0 ? 1 : 0; }

}  // namespace

std::size_t PublicKey::modulus_size() const noexcept {
  return static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
}

PrivateKey PrivateKey::generate_rsa(int bits) {
  const openssl::KeyContext context(
      openssl::check(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), "RSA set-up"));
  openssl::check(EVP_PKEY_keygen_init(context.get()), "EVP_PKEY_keygen_init");
  openssl::check(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits), "choosing the size");
  EVP_PKEY_CTX_set_cb(context.get(), go_on);
  EVP_PKEY* key = nullptr;
  const int status = EVP_PKEY_keygen(context.get(), &key);
  // First: a generation that go_on ended is not a failure of OpenSSL.
  throw_if_cancelled();
  openssl::check(status, "EVP_PKEY_keygen");
  return PrivateKey(key);
}

Bytes PublicKey::encrypt_oaep(ByteView message, OaepHash hash, std::string_view label) const {
  return encrypt(key_.get(), message, [&](EVP_PKEY_CTX* context) { set_oaep(context, hash, label); });
}

Bytes PublicKey::encrypt_pkcs1(ByteView message) const {
  return encrypt(key_.get(), message, [](EVP_PKEY_CTX* context) {
    openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), "choosing PKCS #1 v1.5");
  });
}

std::optional<SecretBytes> PrivateKey::decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                    std::string_view label) const {
  if (elsewhere_) return elsewhere_->decrypt_oaep(ciphertext, hash, label);
  return decrypt(public_.key_.get(), ciphertext,
                 [&](EVP_PKEY_CTX* context) { set_oaep(context, hash, label); });
}

// OpenSSL 3.0's own padding check reveals by its error and its time whether the padding was right, which is
// enough for an attacker with many tries to decrypt (Bleichenbacher 1998). So only the raw operation is
// OpenSSL's.
SecretBytes PrivateKey::decrypt_pkcs1(ByteView ciphertext, std::size_t size) const {
  if (elsewhere_) return elsewhere_->decrypt_pkcs1(ciphertext, size);
  if (ciphertext.size() != public_.modulus_size()) return unpad_pkcs1({}, size);
  const auto encoded = decrypt(public_.key_.get(), ciphertext, [](EVP_PKEY_CTX* context) {
    openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), "choosing raw RSA");
  });
  return unpad_pkcs1(encoded ? encoded->expose() : ByteView(), size);
}

}  // namespace imgcrypt

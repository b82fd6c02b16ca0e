#include "crypto/aes_gcm.hpp"

#include "crypto/openssl.hpp"

namespace imgcrypt {
namespace {

const EVP_CIPHER* gcm_cipher_for(const SecretBytes& key) {
  switch (key.size()) {
    case 16:
      return EVP_aes_128_gcm();
    case 24:
      return EVP_aes_192_gcm();
    case 32:
      return EVP_aes_256_gcm();
    default:
      openssl::fail("choosing AES-GCM by key size");
  }
}

openssl::CipherContext start(const SecretBytes& key, ByteView nonce, ByteView aad, int encrypt) {
  openssl::CipherContext context(openssl::check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new"));
  openssl::check(nonce.size() == kGcmNonceSize ? 1 : 0, "AES-GCM nonce set-up");
  openssl::check(EVP_CipherInit_ex(context.get(), gcm_cipher_for(key), nullptr, key.expose().data(),
                                   nonce.data(), encrypt),
                 "EVP_CipherInit_ex");
  int size = 0;
  if (!aad.empty()) {
    openssl::check(EVP_CipherUpdate(context.get(), nullptr, &size, aad.data(), static_cast<int>(aad.size())),
                   "EVP_CipherUpdate");
  }
  return context;
}

void run(EVP_CIPHER_CTX* context, ByteView in, std::uint8_t* out) {
  int size = 0;
  if (in.empty()) return;
  openssl::check(EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())),
                 "EVP_CipherUpdate");
}

}  // namespace

GcmSealed gcm_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext) {
  const auto context = start(key, nonce, aad, 1);
  GcmSealed sealed{Bytes(plaintext.size()), Bytes(kGcmTagSize)};
  run(context.get(), plaintext, sealed.ciphertext.data());
  int size = 0;
  openssl::check(EVP_CipherFinal_ex(context.get(), nullptr, &size), "EVP_CipherFinal_ex");
  openssl::check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagSize, sealed.tag.data()),
                 "reading the GCM tag");
  return sealed;
}

std::optional<SecretBytes> gcm_open(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                    ByteView tag) {
  if (nonce.size() != kGcmNonceSize || tag.size() != kGcmTagSize) return std::nullopt;
  const auto context = start(key, nonce, aad, 0);
  SecretBytes plaintext(ciphertext.size());
  run(context.get(), ciphertext, plaintext.expose_mutable().data());
  // OpenSSL takes the tag through a pointer that is not const.
  Bytes expected = to_bytes(tag);
  openssl::check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagSize, expected.data()),
                 "setting the GCM tag");
  int size = 0;
  // This compares the tag, in constant time.
  if (EVP_CipherFinal_ex(context.get(), nullptr, &size) <= 0) return std::nullopt;
  return plaintext;
}

}  // namespace imgcrypt

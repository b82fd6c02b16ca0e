#include "crypto/aes_kw.hpp"

#include "crypto/openssl.hpp"

namespace imgcrypt {
namespace {

constexpr std::size_t kSemiblock = 8;

const EVP_CIPHER* wrap_cipher_for(const SecretBytes& key) {
  switch (key.size()) {
    case 16:
      return EVP_aes_128_wrap();
    case 24:
      return EVP_aes_192_wrap();
    case 32:
      return EVP_aes_256_wrap();
    default:
      openssl::fail("choosing AES key wrap by key size");
  }
}

openssl::CipherContext start(const SecretBytes& key, int encrypt) {
  openssl::CipherContext context(openssl::check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new"));
  // OpenSSL refuses the wrap modes without it.
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  openssl::check(
      EVP_CipherInit_ex(context.get(), wrap_cipher_for(key), nullptr, key.expose().data(), nullptr, encrypt),
      "EVP_CipherInit_ex");
  return context;
}

}  // namespace

Bytes aes_kw_wrap(const SecretBytes& wrapping_key, const SecretBytes& key) {
  // RFC 3394 section 2: at least two semiblocks. OpenSSL would accept an empty key and do nothing.
  if (key.size() < 2 * kSemiblock || key.size() % kSemiblock != 0) openssl::fail("AES key wrap");
  const auto context = start(wrapping_key, 1);
  Bytes wrapped(key.size() + kSemiblock);
  int size = 0;
  openssl::check(EVP_CipherUpdate(context.get(), wrapped.data(), &size, key.expose().data(),
                                  static_cast<int>(key.size())),
                 "AES key wrap");
  return wrapped;
}

std::optional<SecretBytes> aes_kw_unwrap(const SecretBytes& wrapping_key, ByteView wrapped) {
  if (wrapped.size() % kSemiblock != 0 || wrapped.size() < 3 * kSemiblock) return std::nullopt;
  const auto context = start(wrapping_key, 0);
  SecretBytes key(wrapped.size());
  int size = 0;
  // A failure here is a wrong key or a change, not an error of the library.
  const int status = EVP_CipherUpdate(context.get(), key.expose_mutable().data(), &size, wrapped.data(),
                                      static_cast<int>(wrapped.size()));
  if (status <= 0 || size != static_cast<int>(wrapped.size() - kSemiblock)) return std::nullopt;
  key.truncate(wrapped.size() - kSemiblock);
  return key;
}

}  // namespace imgcrypt

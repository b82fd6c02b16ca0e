#include "keyprovider/age/primitives.hpp"

#include <sodium.h>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::uint8_t kFirstBlock = 1;
constexpr std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> kNoSalt{};  // RFC 5869, section 2.2

// Ends wiped: it has seen a key.
class Hmac {
 public:
  explicit Hmac(ByteView key) { crypto_auth_hmacsha256_init(&state_, key.data(), key.size()); }
  ~Hmac() { sodium_memzero(&state_, sizeof state_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Hmac& update(ByteView bytes) {
    crypto_auth_hmacsha256_update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  // `out` has 32 bytes.
  void finish(std::uint8_t* out) { crypto_auth_hmacsha256_final(&state_, out); }

 private:
  crypto_auth_hmacsha256_state state_{};
};

}  // namespace

SecretBytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info) {
  SecretBytes extracted(crypto_auth_hmacsha256_BYTES);
  Hmac(salt.empty() ? ByteView(kNoSalt) : salt).update(secret).finish(extracted.expose_mutable().data());
  // 32 bytes are one block, the first.
  SecretBytes key(crypto_auth_hmacsha256_BYTES);
  Hmac(extracted.expose())
      .update(as_bytes(info))
      .update(ByteView(&kFirstBlock, 1))
      .finish(key.expose_mutable().data());
  return key;
}

std::array<std::uint8_t, 32> hmac_sha256(const SecretBytes& key, ByteView message) {
  std::array<std::uint8_t, 32> code{};
  Hmac(key.expose()).update(message).finish(code.data());
  return code;
}

std::optional<SecretBytes> x25519(ByteView scalar, ByteView point) {
  SecretBytes shared(kPointSize);
  if (crypto_scalarmult(shared.expose_mutable().data(), scalar.data(), point.data()) != 0)
    return std::nullopt;
  return shared;
}

Point public_point(ByteView scalar) {
  Point point{};
  crypto_scalarmult_base(point.data(), scalar.data());
  return point;
}

SecretBytes random_secret(std::size_t size) {
  SecretBytes bytes(size);
  randombytes_buf(bytes.expose_mutable().data(), size);
  return bytes;
}

Bytes seal(const SecretBytes& key, const Nonce& nonce, ByteView plaintext) {
  Bytes sealed(plaintext.size() + kTagSize);
  crypto_aead_chacha20poly1305_ietf_encrypt(sealed.data(), nullptr, plaintext.data(), plaintext.size(),
                                            nullptr, 0, nullptr, nonce.data(), key.expose().data());
  return sealed;
}

std::optional<SecretBytes> open(const SecretBytes& key, const Nonce& nonce, ByteView sealed) {
  if (sealed.size() < kTagSize) return std::nullopt;
  SecretBytes plaintext(sealed.size() - kTagSize);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(plaintext.expose_mutable().data(), nullptr, nullptr,
                                                sealed.data(), sealed.size(), nullptr, 0, nonce.data(),
                                                key.expose().data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace imgcrypt::keyprovider::age

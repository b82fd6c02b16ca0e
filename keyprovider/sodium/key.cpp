#include "keyprovider/sodium/key.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace imgcrypt::keyprovider::sodium {
namespace {

// 36 bytes in all, which base64 writes without padding. One typing error in 2^32 passes.
constexpr std::size_t kCheckSize = 4;  // bytes

static_assert(crypto_box_PUBLICKEYBYTES == kKeySize && crypto_box_SECRETKEYBYTES == kKeySize);

[[noreturn]] void fail(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, what, hint);
}

// BLAKE2b over prefix and key: the prefix is covered, so that editing "secret" to "public" cannot publish a
// secret key.
std::array<std::uint8_t, kCheckSize> check_of(std::string_view prefix, ByteView key) {
  std::array<std::uint8_t, crypto_generichash_BYTES> hash{};
  crypto_generichash_state state{};
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, as_bytes(prefix).data(), prefix.size());
  crypto_generichash_update(&state, key.data(), key.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof state);  // it holds the key as it was hashed
  std::array<std::uint8_t, kCheckSize> check{};
  std::copy_n(hash.begin(), kCheckSize, check.begin());
  return check;
}

SecretBytes encode(std::string_view prefix, ByteView key) {
  SecretBytes whole(kKeySize + kCheckSize);
  const auto check = check_of(prefix, key);
  std::ranges::copy(check, std::ranges::copy(key, whole.expose_mutable().begin()).out);
  const SecretBytes digits = encode_base64_secret(whole.expose(), Base64::kUrl);
  SecretBytes text(prefix.size() + digits.size());
  std::ranges::copy(digits.expose(), std::ranges::copy(as_bytes(prefix), text.expose_mutable().begin()).out);
  return text;
}

// REQUIRES: text starts with prefix.
SecretBytes decode(std::string_view prefix, std::string_view text) {
  auto key = decode_base64_secret(text.substr(prefix.size()), Base64::kUrl);
  if (!key || key->size() != kKeySize + kCheckSize) fail("a key that was cut or has a typing error");
  const auto check = check_of(prefix, key->expose().first(kKeySize));
  // A secret key's checksum says something of the key: no byte of it is told by how long this takes.
  if (!equal_constant_time(key->expose().subspan(kKeySize), check)) fail("a key with a typing error");
  key->truncate(kKeySize);
  return std::move(*key);
}

// Whether the number is reduced modulo the prime, so that a key has only one text.
bool is_canonical(ByteView point) {
  // 2^255 - 19, little-endian as points are.
  std::array<std::uint8_t, kKeySize> prime{};
  prime.fill(0xff);
  prime.front() = 0xed;
  prime.back() = 0x7f;
  return std::ranges::lexicographical_compare(point.rbegin(), point.rend(), prime.rbegin(), prime.rend());
}

// With such a point every secret gives the same shared key, known to everybody. crypto_scalarmult refuses to
// compute it, whatever the secret.
bool is_of_low_order(ByteView point) {
  std::array<std::uint8_t, kKeySize> shared{};
  // libsodium clamps it, so it is a valid secret whatever it is.
  const std::array<std::uint8_t, kKeySize> any_secret{9};
  return crypto_scalarmult(shared.data(), any_secret.data(), point.data()) != 0;
}

}  // namespace

PublicKey PublicKey::parse(std::string_view text) {
  if (text.starts_with(kSecretPrefix)) {
    fail("a secret key was given where a public one is needed",
         "imgcrypt key public FILE prints the public half of a secret key file");
  }
  if (!text.starts_with(kPublicPrefix)) fail("not a public key of keyprovider-sodium");
  const SecretBytes bytes = decode(kPublicPrefix, text);
  if (!is_canonical(bytes.expose()) || is_of_low_order(bytes.expose()))
    fail("a public key that has no secret key");
  PublicKey key;
  std::ranges::copy(bytes.expose(), key.bytes_.begin());
  return key;
}

std::string PublicKey::text() const { return std::string(as_text(encode(kPublicPrefix, bytes_).expose())); }

SecretKey::SecretKey(SecretBytes bytes) : bytes_(std::move(bytes)) {
  crypto_scalarmult_base(public_key_.bytes_.data(), bytes_.expose().data());
}

SecretKey SecretKey::generate() {
  SecretBytes bytes(kKeySize);
  randombytes_buf(bytes.expose_mutable().data(), bytes.size());
  return SecretKey(std::move(bytes));
}

SecretKey SecretKey::parse(std::string_view text) {
  if (text.starts_with(kPublicPrefix)) {
    fail("a public key was given where a secret one is needed",
         "the secret key is in the file without .pub that was made with it");
  }
  if (!text.starts_with(kSecretPrefix)) fail("not a secret key of keyprovider-sodium");
  return SecretKey(decode(kSecretPrefix, text));
}

SecretBytes SecretKey::text() const { return encode(kSecretPrefix, bytes_.expose()); }

Bytes seal(const PublicKey& recipient, ByteView plaintext) {
  Bytes sealed(crypto_box_SEALBYTES + plaintext.size());
  if (crypto_box_seal(sealed.data(), plaintext.data(), plaintext.size(), recipient.bytes().data()) != 0)
    fail("nothing can be sealed for " + recipient.text());
  return sealed;
}

std::optional<SecretBytes> open(const SecretKey& key, ByteView sealed) {
  // Or the subtraction below would wrap around.
  if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
  SecretBytes plaintext(sealed.size() - crypto_box_SEALBYTES);
  if (crypto_box_seal_open(plaintext.expose_mutable().data(), sealed.data(), sealed.size(),
                           key.public_key().bytes().data(), key.expose().data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace imgcrypt::keyprovider::sodium

#include "crypto/key.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"
#include "crypto/random.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostRsaBytes = 16384 / 8;
constexpr std::size_t kPkcs1Overhead = 11;  // 00 02, eight bytes of padding at least, 00

struct Curve {
  const char* name;   // JWK
  const char* group;  // OpenSSL
  std::size_t field;  // bytes
};

constexpr std::array kCurves = {Curve{"P-256", "prime256v1", 32}, Curve{"P-384", "secp384r1", 48},
                                Curve{"P-521", "secp521r1", 66}};

template <typename Matches>
const Curve& find_curve(const std::string& name, Matches matches) {
  for (const Curve& curve : kCurves) {
    if (matches(curve)) return curve;
  }
  throw Error(ErrorCode::kRefused, "EC curve " + name + " is not supported", "use P-256, P-384 or P-521");
}

const Curve& curve_named(const std::string& name) {
  return find_curve(name, [&](const Curve& curve) { return name == curve.name; });
}

openssl::BigNumber number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  openssl::check(EVP_PKEY_get_bn_param(key, name, &number), "EVP_PKEY_get_bn_param");
  return openssl::BigNumber(number);
}

Bytes bytes_of(const openssl::BigNumber& number, std::size_t size) {
  Bytes bytes(size);
  openssl::check(BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(size)) + 1, "BN_bn2binpad");
  return bytes;
}

std::string base64url_of(const EVP_PKEY* key, const char* name) {
  const auto number = number_of(key, name);
  return encode_base64(bytes_of(number, static_cast<std::size_t>(BN_num_bytes(number.get()))), Base64::kUrl);
}

openssl::KeyContext context_for(EVP_PKEY* key) {
  return openssl::KeyContext(openssl::check(EVP_PKEY_CTX_new(key, nullptr), "EVP_PKEY_CTX_new"));
}

void set_oaep(EVP_PKEY_CTX* context, OaepHash hash) {
  const EVP_MD* type = hash == OaepHash::kSha1 ? EVP_sha1() : EVP_sha256();
  openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), "choosing OAEP");
  openssl::check(EVP_PKEY_CTX_set_rsa_oaep_md(context, type), "choosing the OAEP hash");
  openssl::check(EVP_PKEY_CTX_set_rsa_mgf1_md(context, type), "choosing the MGF1 hash");
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

// nullopt for a wrong length, for a number that is not below the modulus, and with `set_padding` for a wrong
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

// All ones when value is not zero. The volatile keeps the optimizer from making a branch of what follows.
std::uint8_t mask_if_not_zero(std::uint8_t value) {
  const volatile std::uint32_t not_zero = (0U - std::uint32_t{value}) >> 31U;
  return static_cast<std::uint8_t>(0U - not_zero);
}

// Zero if and only if `encoded` is 00 02 PS 00 M with an M of `size` bytes, without branches on its bytes.
std::uint8_t pkcs1_fault(ByteView encoded, std::size_t size) {
  const std::size_t separator = encoded.size() - size - 1;
  auto fault = static_cast<std::uint8_t>(encoded[0] | (encoded[1] ^ 2U) | encoded[separator]);
  for (const std::uint8_t padding : encoded.subspan(2, separator - 2)) {
    fault |= static_cast<std::uint8_t>(~mask_if_not_zero(padding));
  }
  return fault;
}

std::string curve_of(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  openssl::check(EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr),
                 "EVP_PKEY_get_group_name");
  const std::string name(group.data());
  return find_curve(name, [&](const Curve& curve) { return name == curve.group; }).name;
}

void check_rsa_size(int bits) {
  if (bits >= 2048 && bits <= 16384) return;
  throw Error(ErrorCode::kRefused, "an RSA key of " + std::to_string(bits) + " bits",
              "use 2048 to 16384 bits");
}

}  // namespace

PublicKey::PublicKey(evp_pkey_st* owned)
    : key_(owned, EVP_PKEY_free), kind_(EVP_PKEY_is_a(owned, "RSA") == 1 ? KeyKind::kRsa : KeyKind::kEc) {
  if (kind_ == KeyKind::kRsa) {
    check_rsa_size(bits());
  } else if (EVP_PKEY_is_a(owned, "EC") == 1) {
    curve_ = curve_of(owned);
  } else {
    throw Error(ErrorCode::kRefused, "a key that is neither RSA nor EC",
                "use RSA, or EC on P-256, P-384 or P-521");
  }
}

PublicKey PublicKey::from_point(const EcPoint& point) {
  const Curve& curve = curve_named(point.curve);
  if (point.x.size() != curve.field || point.y.size() != curve.field) {
    throw Error(ErrorCode::kIntegrity, "EC coordinates of the wrong length for " + point.curve);
  }
  Bytes encoded = {POINT_CONVERSION_UNCOMPRESSED};
  encoded.insert(encoded.end(), point.x.begin(), point.x.end());
  encoded.insert(encoded.end(), point.y.begin(), point.y.end());
  std::string group = curve.group;
  std::array params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
      OSSL_PARAM_construct_end()};
  const openssl::KeyContext context(
      openssl::check(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), "EC set-up"));
  openssl::check(EVP_PKEY_fromdata_init(context.get()), "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.data()) <= 0) {
    ERR_clear_error();
    throw Error(ErrorCode::kIntegrity, "EC point that is not on " + point.curve);
  }
  return PublicKey(key);
}

int PublicKey::bits() const noexcept { return EVP_PKEY_get_bits(key_.get()); }

EcPoint PublicKey::point() const {
  const std::size_t field = curve_named(curve_).field;
  return {curve_, bytes_of(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X), field),
          bytes_of(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y), field)};
}

std::string PublicKey::thumbprint() const {
  std::string jwk;
  if (kind_ == KeyKind::kRsa) {
    jwk = R"({"e":")" + base64url_of(key_.get(), OSSL_PKEY_PARAM_RSA_E) + R"(","kty":"RSA","n":")" +
          base64url_of(key_.get(), OSSL_PKEY_PARAM_RSA_N) + R"("})";
  } else {
    const EcPoint at = point();
    jwk = R"({"crv":")" + curve_ + R"(","kty":"EC","x":")" + encode_base64(at.x, Base64::kUrl) +
          R"(","y":")" + encode_base64(at.y, Base64::kUrl) + R"("})";
  }
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.update(as_bytes(jwk));
  return encode_base64(hasher.finish(), Base64::kUrl);
}

std::string PublicKey::description() const {
  if (kind_ == KeyKind::kEc) return curve_ + " key " + thumbprint();
  return "RSA key " + thumbprint() + " (" + std::to_string(bits()) + " bits)";
}

bool PublicKey::same_as(const PublicKey& other) const {
  const bool same = EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
  ERR_clear_error();
  return same;
}

Bytes PublicKey::encrypt_oaep(ByteView message, OaepHash hash) const {
  return encrypt(key_.get(), message, [&](EVP_PKEY_CTX* context) { set_oaep(context, hash); });
}

Bytes PublicKey::encrypt_pkcs1(ByteView message) const {
  return encrypt(key_.get(), message, [](EVP_PKEY_CTX* context) {
    openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), "choosing PKCS #1 v1.5");
  });
}

PrivateKey PrivateKey::generate_ec(const std::string& curve) {
  return PrivateKey(openssl::check(EVP_EC_gen(curve_named(curve).group), "EVP_EC_gen"));
}

std::optional<SecretBytes> PrivateKey::decrypt_oaep(ByteView ciphertext, OaepHash hash) const {
  return decrypt(public_.key_.get(), ciphertext, [&](EVP_PKEY_CTX* context) { set_oaep(context, hash); });
}

// OpenSSL 3.0's own padding check tells by its error and its time whether the padding was right, which lets
// an attacker who may ask often enough decrypt (Bleichenbacher 1998): only the raw operation is OpenSSL's.
SecretBytes PrivateKey::decrypt_pkcs1(ByteView ciphertext, std::size_t size) const {
  SecretBytes message = random_secret(size);
  const auto modulus = static_cast<std::size_t>(EVP_PKEY_get_size(public_.key_.get()));
  if (ciphertext.size() != modulus || size + kPkcs1Overhead > modulus) return message;
  const auto encoded = decrypt(public_.key_.get(), ciphertext, [](EVP_PKEY_CTX* context) {
    openssl::check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), "choosing raw RSA");
  });
  if (!encoded) return message;
  const std::uint8_t is_wrong = mask_if_not_zero(pkcs1_fault(encoded->expose(), size));
  const ByteView found = encoded->expose().last(size);
  const MutableByteView out = message.expose_mutable();
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>((out[i] & is_wrong) | (found[i] & ~is_wrong));
  }
  return message;
}

SecretBytes PrivateKey::agree(const PublicKey& peer) const {
  const auto context = context_for(public_.key_.get());
  openssl::check(EVP_PKEY_derive_init(context.get()), "EVP_PKEY_derive_init");
  openssl::check(EVP_PKEY_derive_set_peer(context.get(), peer.key_.get()), "EVP_PKEY_derive_set_peer");
  std::size_t size = 0;
  openssl::check(EVP_PKEY_derive(context.get(), nullptr, &size), "EVP_PKEY_derive");
  SecretBytes secret(size);
  openssl::check(EVP_PKEY_derive(context.get(), secret.expose_mutable().data(), &size), "EVP_PKEY_derive");
  secret.truncate(size);
  return secret;
}

}  // namespace imgcrypt

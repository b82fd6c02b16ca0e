#include "keys/key.hpp"

#include "base/text/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>

namespace imgcrypt {
namespace {

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
  // It returns the size or -1, but check() takes 0 for a failure.
  openssl::check(BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(size)) + 1, "BN_bn2binpad");
  return bytes;
}

std::string base64url_of(const EVP_PKEY* key, const char* name) {
  const auto number = number_of(key, name);
  return encode_base64(bytes_of(number, static_cast<std::size_t>(BN_num_bytes(number.get()))), Base64::kUrl);
}

std::string curve_of(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  openssl::check(EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr),
                 "EVP_PKEY_get_group_name");
  const std::string name(group.data());
  return find_curve(name, [&](const Curve& curve) { return name == curve.group; }).name;
}

void check_rsa(const EVP_PKEY* key, int bits) {
  if (bits < 2048 || bits > 16384) {
    throw Error(ErrorCode::kRefused, "an RSA key of " + std::to_string(bits) + " bits is too " +
                                         (bits < 2048 ? "short" : "long") + " (2048 to 16384)");
  }
  const auto modulus = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  const auto exponent = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  // RFC 8017 section 3.1. With the exponent 1 the ciphertext is the message; OpenSSL would not mind.
  const bool is_possible = BN_is_odd(modulus.get()) == 1 && BN_is_odd(exponent.get()) == 1 &&
                           BN_is_one(exponent.get()) == 0 && BN_ucmp(exponent.get(), modulus.get()) < 0;
  if (is_possible) return;
  throw Error(ErrorCode::kRefused, "an RSA key whose public exponent or modulus protects nothing",
              "the exponent must be odd and at least 3; 65537 is usual");
}

struct OtherKind {
  const char* name;  // OpenSSL's
  const char* hint;
};

constexpr std::array kOtherKinds = {
    OtherKind{
        "X25519",
        "the key provider sodium has such keys, in a form of its own: imgcrypt key generate sodium FILE"},
    OtherKind{"RSA-PSS", "a key of that kind only signs: use an RSA key without the restriction"},
    OtherKind{"ED25519", "a key of that kind only signs: use an RSA or EC key"},
    OtherKind{"ED448", "a key of that kind only signs: use an RSA or EC key"}};

[[noreturn]] void refuse_kind(const EVP_PKEY* key) {
  const auto known = std::ranges::find_if(
      kOtherKinds, [&](const OtherKind& kind) { return EVP_PKEY_is_a(key, kind.name) == 1; });
  const bool is_known = known != kOtherKinds.end();
  throw Error(ErrorCode::kRefused,
              "a key that is neither RSA nor EC" + (is_known ? std::string(", but ") + known->name : ""),
              is_known ? known->hint : "use RSA, or EC on P-256, P-384 or P-521");
}

}  // namespace

// key_ owns it before anything can throw.
PublicKey::PublicKey(evp_pkey_st* owned)
    : key_(owned, EVP_PKEY_free), kind_(EVP_PKEY_is_a(owned, "RSA") == 1 ? KeyKind::kRsa : KeyKind::kEc) {
  if (kind_ == KeyKind::kRsa) {
    check_rsa(owned, bits());
  } else if (EVP_PKEY_is_a(owned, "EC") == 1) {
    curve_ = curve_of(owned);
  } else {
    refuse_kind(owned);
  }
}

PublicKey PublicKey::from_point(const EcPoint& point) {
  const Curve& curve = curve_named(point.curve);
  // RFC 7518 section 6.2.1.2: leading zeros must not be left out.
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
  // OpenSSL checks that the point is on the curve. Without that, a sender could choose points on weaker
  // curves and learn the private key from what is derived (invalid curve attack).
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
  // RFC 7638 section 3: only the required members, sorted by name, without white space. RSA numbers are as
  // short as possible, EC coordinates as long as the field.
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
  return std::to_string(bits()) + "-bit RSA key " + thumbprint();
}

bool PublicKey::same_as(const PublicKey& other) const {
  const bool same = EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
  ERR_clear_error();
  return same;
}

PrivateKey PrivateKey::generate_ec(const std::string& curve) {
  return PrivateKey(openssl::check(EVP_EC_gen(curve_named(curve).group), "EVP_EC_gen"));
}

SecretBytes PrivateKey::agree(const PublicKey& peer) const {
  if (elsewhere_) return elsewhere_->agree(peer);
  const openssl::KeyContext context(
      openssl::check(EVP_PKEY_CTX_new(public_.key_.get(), nullptr), "EVP_PKEY_CTX_new"));
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

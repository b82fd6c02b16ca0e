#include "keys/openssl_keys.hpp"

#include "crypto/openssl.hpp"
#include "keys/asn1/der.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace imgcrypt {
namespace {

// Object identifiers as DER content (RFC 8017 appendix C, RFC 5480 section 2.1.1).
constexpr std::array<std::uint8_t, 9> kRsaEncryption = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::array<std::uint8_t, 7> kEcPublicKey = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 8> kP256 = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kP384 = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 5> kP521 = {0x2b, 0x81, 0x04, 0x00, 0x23};

bool same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

const char* group_of(ByteView object_id) {
  if (same(object_id, kP256)) return "prime256v1";
  if (same(object_id, kP384)) return "secp384r1";
  if (same(object_id, kP521)) return "secp521r1";
  return nullptr;
}

EVP_PKEY* make_key(const char* type, int selection, const openssl::ParamBuilder& builder) {
  const openssl::Params params(
      openssl::check(OSSL_PARAM_BLD_to_param(builder.get()), "OSSL_PARAM_BLD_to_param"));
  const openssl::KeyContext context(
      openssl::check(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), "EVP_PKEY_CTX_new_from_name"));
  openssl::check(EVP_PKEY_fromdata_init(context.get()), "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  // The numbers come from a file: if they are not a key, that is the file's fault and not OpenSSL's.
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) <= 0) ERR_clear_error();
  return key;
}

// In OpenSSL's secure heap if the program has one, else in memory that is cleared when it is freed.
openssl::BigNumber secure_number(ByteView bytes) {
  openssl::BigNumber number(openssl::check(BN_secure_new(), "BN_secure_new"));
  openssl::check(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), number.get()), "BN_bin2bn");
  return number;
}

// In the order of RSAPrivateKey (RFC 8017 appendix A.1.2), which begins with that of RSAPublicKey.
constexpr std::array kRsaNames = {OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                                  OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                                  OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                  OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
constexpr std::size_t kPublicNames = 2;

// The numbers belong to the first names of kRsaNames and must live until the key is made.
EVP_PKEY* rsa_key(const std::vector<openssl::BigNumber>& numbers) {
  const openssl::ParamBuilder builder(openssl::check(OSSL_PARAM_BLD_new(), "OSSL_PARAM_BLD_new"));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    openssl::check(OSSL_PARAM_BLD_push_BN(builder.get(), kRsaNames.at(i), numbers[i].get()),
                   "OSSL_PARAM_BLD_push_BN");
  }
  return make_key("RSA", numbers.size() == kPublicNames ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, builder);
}

std::vector<openssl::BigNumber> secure_numbers(std::span<const ByteView> values) {
  std::vector<openssl::BigNumber> numbers;
  std::ranges::transform(values, std::back_inserter(numbers), secure_number);
  return numbers;
}

// value mod (prime - 1); null if there is none.
openssl::BigNumber reduce(const BIGNUM* value, const BIGNUM* prime, BN_CTX* context) {
  const openssl::BigNumber below(openssl::check(BN_dup(prime), "BN_dup"));
  openssl::BigNumber result(openssl::check(BN_secure_new(), "BN_secure_new"));
  // prime - 1 is as secret as the prime: the flag makes the division take the same time for all values.
  BN_set_flags(below.get(), BN_FLG_CONSTTIME);
  const bool is_done =
      BN_sub_word(below.get(), 1) == 1 && BN_div(nullptr, result.get(), value, below.get(), context) == 1;
  return is_done ? std::move(result) : nullptr;
}

// RFC 8017 section 3.2: appends dP, dQ and qInv to n, e, d, p, q. False for what is not a key.
bool add_exponents(std::vector<openssl::BigNumber>& numbers) {
  const openssl::BigNumberContext context(openssl::check(BN_CTX_secure_new(), "BN_CTX_secure_new"));
  const BIGNUM* exponent = numbers[2].get();
  const BIGNUM* p = numbers[3].get();
  const BIGNUM* q = numbers[4].get();
  auto of_p = reduce(exponent, p, context.get());
  auto of_q = reduce(exponent, q, context.get());
  openssl::BigNumber inverse(BN_mod_inverse(nullptr, q, p, context.get()));
  ERR_clear_error();
  // The factors are whatever the file says, so there may be no inverse.
  const bool is_key = of_p && of_q && inverse;
  for (auto* number : {&of_p, &of_q, &inverse}) numbers.push_back(std::move(*number));
  return is_key;
}

EVP_PKEY* rsa_from_integers(DerReader integers, std::size_t count) {
  std::vector<ByteView> values;
  while (values.size() < count) {
    const auto integer = integers.take(DerTag::kInteger);
    if (!integer || integer->empty()) return nullptr;
    values.push_back(*integer);
  }
  // What would follow are further primes, which the general decoder may judge.
  return integers.at_end() ? rsa_key(secure_numbers(values)) : nullptr;
}

// The point must live until the key is made.
openssl::ParamBuilder ec_params(const char* group, ByteView point) {
  openssl::ParamBuilder builder(openssl::check(OSSL_PARAM_BLD_new(), "OSSL_PARAM_BLD_new"));
  openssl::check(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                 "EC group");
  openssl::check(
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      "EC public key");
  return builder;
}

EVP_PKEY* ec_key(const char* group, ByteView scalar, ByteView point) {
  const openssl::ParamBuilder builder = ec_params(group, point);
  const auto number = secure_number(scalar);
  openssl::check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()),
                 "EC private key");
  return make_key("EC", EVP_PKEY_KEYPAIR, builder);
}

// RFC 8017 appendix A.1.2, two primes.
EVP_PKEY* rsa_private(ByteView der) {
  auto sequence = DerReader(der).take(DerTag::kSequence);
  if (!sequence) return nullptr;
  DerReader integers(*sequence);
  const auto version = integers.take(DerTag::kInteger);
  // Version 1 has more than two primes.
  if (!version || version->size() != 1 || version->front() != 0) return nullptr;
  return rsa_from_integers(integers, kRsaNames.size());
}

// RFC 5915. A key without its public half is left to the general decoder, which computes it.
EVP_PKEY* ec_private(ByteView der, const char* group) {
  const auto sequence = DerReader(der).take(DerTag::kSequence);
  if (!sequence) return nullptr;
  DerReader fields(*sequence);
  const auto version = fields.take(DerTag::kInteger);
  const auto scalar = fields.take(DerTag::kOctetString);
  if (!version || !scalar) return nullptr;
  // A bare SEC 1 key names its curve here; inside PKCS#8 the algorithm has named it already.
  if (const auto parameters = fields.take(DerTag::kContext0)) {
    const auto object_id = DerReader(*parameters).take(DerTag::kObjectId);
    group = object_id ? group_of(*object_id) : nullptr;
  }
  const auto wrapped_point = fields.take(DerTag::kContext1);
  const auto point = wrapped_point ? DerReader(*wrapped_point).take(DerTag::kBitString) : std::nullopt;
  // The first byte of a BIT STRING counts its unused bits (X.690 section 8.6.2.2): a key has none.
  if (group == nullptr || !point || point->size() < 2 || point->front() != 0) return nullptr;
  return ec_key(group, *scalar, point->subspan(1));
}

// RFC 5208 section 5.
EVP_PKEY* pkcs8_private(ByteView der) {
  const auto sequence = DerReader(der).take(DerTag::kSequence);
  if (!sequence) return nullptr;
  DerReader fields(*sequence);
  const auto version = fields.take(DerTag::kInteger);
  const auto algorithm = fields.take(DerTag::kSequence);
  const auto inner = fields.take(DerTag::kOctetString);
  if (!version || !algorithm || !inner) return nullptr;
  DerReader identifier(*algorithm);
  const auto type = identifier.take(DerTag::kObjectId);
  if (!type) return nullptr;
  if (same(*type, kRsaEncryption)) return rsa_private(*inner);
  const auto curve = identifier.take(DerTag::kObjectId);
  if (!same(*type, kEcPublicKey) || !curve) return nullptr;
  return ec_private(*inner, group_of(*curve));
}

// The common keys alone; RFC 5280 section 4.1.2.7: RSA by RFC 3279 section 2.3.1, EC on a named curve by RFC
// 5480 section 2.
EVP_PKEY* subject_public_key(ByteView der) {
  DerReader file(der);
  const auto sequence = file.take(DerTag::kSequence);
  if (!sequence || !file.at_end()) return nullptr;
  DerReader fields(*sequence);
  const auto algorithm = fields.take(DerTag::kSequence);
  const auto key = fields.take(DerTag::kBitString);
  if (!algorithm || !key || !fields.at_end() || key->size() < 2 || key->front() != 0) return nullptr;
  DerReader identifier(*algorithm);
  const auto type = identifier.take(DerTag::kObjectId);
  const auto parameter = identifier.take_any();
  if (!type || !parameter || !identifier.at_end()) return nullptr;
  if (same(*type, kRsaEncryption) && parameter->tag == DerTag::kNull && parameter->content.empty())
    return rsa_public_key_from_der(key->subspan(1));
  const bool is_named_curve = same(*type, kEcPublicKey) && parameter->tag == DerTag::kObjectId;
  const char* group = is_named_curve ? group_of(parameter->content) : nullptr;
  return group != nullptr ? make_key("EC", EVP_PKEY_PUBLIC_KEY, ec_params(group, key->subspan(1))) : nullptr;
}

}  // namespace

// After the version come a SEQUENCE, an INTEGER and an OCTET STRING: no form passes for another.
EVP_PKEY* private_key_from_der(ByteView der) {
  if (EVP_PKEY* key = pkcs8_private(der)) return key;
  if (EVP_PKEY* key = rsa_private(der)) return key;
  return ec_private(der, nullptr);
}

EVP_PKEY* rsa_public_key_from_der(ByteView der) {
  const auto sequence = DerReader(der).take(DerTag::kSequence);
  if (!sequence) return nullptr;
  return rsa_from_integers(DerReader(*sequence), kPublicNames);
}

EVP_PKEY* subject_public_key_from_der(ByteView der) {
  if (EVP_PKEY* key = subject_public_key(der)) return key;
  // Keys of other kinds become objects too, so that PublicKey can say why it refuses them.
  const std::uint8_t* at = der.data();
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()));
  ERR_clear_error();
  return key;
}

EVP_PKEY* public_key_from_der(ByteView der) {
  EVP_PKEY* key = subject_public_key_from_der(der);
  return key != nullptr ? key : rsa_public_key_from_der(der);
}

EVP_PKEY* rsa_public_key(ByteView modulus, ByteView exponent) {
  return rsa_key(secure_numbers(std::array{modulus, exponent}));
}

EVP_PKEY* rsa_private_key(std::span<const ByteView> values) {
  auto numbers = secure_numbers(values);
  if (numbers.size() < kRsaNames.size() && !add_exponents(numbers)) return nullptr;
  return rsa_key(numbers);
}

EVP_PKEY* ec_private_key(const std::string& curve, ByteView scalar, ByteView x, ByteView y) {
  Bytes point = {POINT_CONVERSION_UNCOMPRESSED};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  return ec_key(curve.c_str(), scalar, point);  // OpenSSL also knows the curves by these names
}

}  // namespace imgcrypt

#include "keyprovider/pkcs11/public_attributes.hpp"

#include "base/text/encoding.hpp"
#include "keys/asn1/der.hpp"
#include "keys/key_file.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

struct Curve {
  const char* name;
  Bytes parameters;  // the curve's name in DER (RFC 5480 section 2.1.1.1)
  std::size_t size;  // of a coordinate, in bytes
};

}  // namespace

std::optional<PublicKey> rsa_key_of(ByteView modulus, ByteView exponent) {
  if (modulus.empty() || exponent.empty()) return std::nullopt;
  const std::string jwk = R"({"kty":"RSA","n":")" + encode_base64(modulus, Base64::kUrl) + R"(","e":")" +
                          encode_base64(exponent, Base64::kUrl) + R"("})";
  return parse_public_key(as_bytes(jwk));
}

// PKCS#11 2.40 section 2.3.3: a point in DER's OCTET STRING, which some tokens leave out.
std::optional<PublicKey> ec_key_of(const Bytes& parameters, const Bytes& point) {
  static const std::array kCurves = {
      Curve{"P-256", {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}, 32},
      Curve{"P-384", {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}, 48},
      Curve{"P-521", {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23}, 66}};
  const auto curve = std::ranges::find(kCurves, parameters, &Curve::parameters);
  if (curve == kCurves.end()) return std::nullopt;
  // First by its length: one in 256 points alone is also an OCTET STRING.
  const auto inner = DerReader(point).take(DerTag::kOctetString);
  const bool is_alone = point.size() == 1 + 2 * curve->size;
  const ByteView bare = is_alone || !inner ? ByteView(point) : *inner;
  if (bare.size() != 1 + 2 * curve->size || bare[0] != 4) return std::nullopt;
  return PublicKey::from_point(
      {curve->name, to_bytes(bare.subspan(1, curve->size)), to_bytes(bare.last(curve->size))});
}

}  // namespace imgcrypt::keyprovider::pkcs11

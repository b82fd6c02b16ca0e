#include "keyprovider/tpm2/public_area.hpp"

#include "keys/openssl_keys.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

struct TpmCurve {
  TPM2_ECC_CURVE id;
  const char* name;
  std::size_t field;  // bytes
};

constexpr std::array kTpmCurves = {TpmCurve{TPM2_ECC_NIST_P256, "P-256", 32},
                                   TpmCurve{TPM2_ECC_NIST_P384, "P-384", 48},
                                   TpmCurve{TPM2_ECC_NIST_P521, "P-521", 66}};

constexpr std::uint32_t kUsualExponent = 65537;  // which TPMs write as 0

const TpmCurve& curve_of(const TPMT_PUBLIC& area) {
  const auto found = std::ranges::find(kTpmCurves, area.parameters.eccDetail.curveID, &TpmCurve::id);
  if (found == kTpmCurves.end())
    throw Error(ErrorCode::kRefused, "a key on a curve other than P-256, P-384 and P-521");
  return *found;
}

// TPMs may leave out zeros at the beginning.
Bytes padded(ByteView number, std::size_t size) {
  if (number.size() > size) throw Error(ErrorCode::kProvider, "the TPM returned a number that is too long");
  Bytes bytes(size - number.size());
  bytes.insert(bytes.end(), number.begin(), number.end());
  return bytes;
}

}  // namespace

TPMT_PUBLIC read_public(const Tpm& tpm, ESYS_TR key) {
  TPM2B_PUBLIC* area = nullptr;
  check(Esys_ReadPublic(tpm.esys(), key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &area, nullptr, nullptr),
        "read the key's public half");
  return Owned<TPM2B_PUBLIC>(area)->publicArea;
}

PublicKey decryption_key_of(const TPMT_PUBLIC& area) {
  if (area.type == TPM2_ALG_KEYEDHASH)
    throw Error(ErrorCode::kUsage, "sealed data or an HMAC key, which opens no layers",
                "make a key that decrypts: imgcrypt key generate tpm2 FILE");
  const TPMA_OBJECT use = area.objectAttributes & (TPMA_OBJECT_DECRYPT | TPMA_OBJECT_RESTRICTED);
  if (use != TPMA_OBJECT_DECRYPT)
    throw Error(ErrorCode::kUsage,
                (use & TPMA_OBJECT_RESTRICTED) != 0 ? "a key of the TPM for its own purposes only"
                                                    : "a key that does not decrypt, but signs",
                "make one that decrypts: imgcrypt key generate tpm2 FILE");
  if ((area.objectAttributes & TPMA_OBJECT_USERWITHAUTH) == 0)
    throw Error(
        ErrorCode::kUsage,
        "a key that only a policy opens, e.g. the state of the machine, which imgcrypt does not prove",
        "make one with the attribute userwithauth: imgcrypt key generate tpm2 FILE");
  if (area.type == TPM2_ALG_ECC) {
    const TpmCurve& curve = curve_of(area);
    const TPMS_ECC_POINT& point = area.unique.ecc;
    return PublicKey::from_point({curve.name, padded(view_of(point.x, point.x.buffer), curve.field),
                                  padded(view_of(point.y, point.y.buffer), curve.field)});
  }
  if (area.type != TPM2_ALG_RSA) throw Error(ErrorCode::kUsage, "a key that is neither RSA nor EC");
  const UINT32 exponent =
      area.parameters.rsaDetail.exponent == 0 ? kUsualExponent : area.parameters.rsaDetail.exponent;
  Bytes bytes;
  for (unsigned shift = 32; shift > 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(exponent >> (shift - 8U)));
  evp_pkey_st* key = rsa_public_key(view_of(area.unique.rsa, area.unique.rsa.buffer), bytes);
  if (key == nullptr) throw Error(ErrorCode::kUsage, "the numbers of the key are not those of an RSA key");
  return PublicKey(key);
}

std::size_t field_size(const TPMT_PUBLIC& area) { return curve_of(area).field; }

}  // namespace imgcrypt::keyprovider::tpm2

#include "keyprovider/tpm2/templates.hpp"

namespace imgcrypt::keyprovider::tpm2 {
namespace {

constexpr TPMA_OBJECT kBoundToThisTpm = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                        TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
                                        TPMA_OBJECT_DECRYPT;

TPMS_ECC_PARMS on_p256() {
  TPMS_ECC_PARMS parameters{};
  parameters.symmetric.algorithm = TPM2_ALG_NULL;
  parameters.scheme.scheme = TPM2_ALG_NULL;
  parameters.curveID = TPM2_ECC_NIST_P256;
  parameters.kdf.scheme = TPM2_ALG_NULL;
  return parameters;
}

}  // namespace

TPM2B_PUBLIC parent_template() {
  TPM2B_PUBLIC key{};
  TPMT_PUBLIC& area = key.publicArea;
  area.type = TPM2_ALG_ECC;
  area.nameAlg = TPM2_ALG_SHA256;
  area.objectAttributes = kBoundToThisTpm | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED;
  area.parameters.eccDetail = on_p256();
  TPMT_SYM_DEF_OBJECT& cipher = area.parameters.eccDetail.symmetric;
  cipher.algorithm = TPM2_ALG_AES;
  cipher.keyBits.aes = 128;
  cipher.mode.aes = TPM2_ALG_CFB;
  return key;
}

TPM2B_PUBLIC key_template(NewKeyKind kind, GuessLimit limit) {
  TPM2B_PUBLIC key{};
  TPMT_PUBLIC& area = key.publicArea;
  area.nameAlg = TPM2_ALG_SHA256;
  area.objectAttributes = kBoundToThisTpm | (limit == GuessLimit::kNone ? TPMA_OBJECT_NODA : 0U);
  if (kind == NewKeyKind::kP256) {
    area.type = TPM2_ALG_ECC;
    area.parameters.eccDetail = on_p256();
    return key;
  }
  area.type = TPM2_ALG_RSA;
  area.parameters.rsaDetail.symmetric.algorithm = TPM2_ALG_NULL;
  area.parameters.rsaDetail.scheme.scheme = TPM2_ALG_NULL;  // chosen with each operation
  area.parameters.rsaDetail.keyBits = 2048;
  return key;
}

}  // namespace imgcrypt::keyprovider::tpm2

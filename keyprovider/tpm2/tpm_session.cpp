#include "keyprovider/tpm2/tpm_session.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

// The digest of the algorithm that names our keys (TPM 2.0 part 1 section 27.2).
constexpr std::size_t kMostAuthBytes = TPM2_SHA256_DIGEST_SIZE;

ESYS_TR start_session(const Tpm& tpm, ESYS_TR salt_key) {
  TPMT_SYM_DEF cipher{};
  cipher.algorithm = TPM2_ALG_AES;
  cipher.keyBits.aes = 128;
  cipher.mode.aes = TPM2_ALG_CFB;
  ESYS_TR session = ESYS_TR_NONE;
  check(Esys_StartAuthSession(tpm.esys(), salt_key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                              nullptr, TPM2_SE_HMAC, &cipher, TPM2_ALG_SHA256, &session),
        "start a session with the TPM");
  return session;
}

}  // namespace

TpmSession::TpmSession(const Tpm& tpm, ESYS_TR salt_key) : session_(tpm, start_session(tpm, salt_key)) {
  constexpr TPMA_SESSION kAttributes =
      TPMA_SESSION_CONTINUESESSION | TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT;
  check(Esys_TRSess_SetAttributes(tpm.esys(), session_.handle(), kAttributes, kAttributes),
        "encrypt the session with the TPM");
}

TpmAuth::TpmAuth(const SecretBytes* value) {
  if (value == nullptr) return;
  if (value->size() > kMostAuthBytes)
    throw Error(ErrorCode::kUsage, "the authorization value has more than " + std::to_string(kMostAuthBytes) +
                                       " bytes, which is the most that a TPM takes");
  auth_.size = static_cast<UINT16>(value->size());
  std::ranges::copy(value->expose(), auth_.buffer);
}

}  // namespace imgcrypt::keyprovider::tpm2

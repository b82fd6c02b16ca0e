#include "keyprovider/tpm2/new_key.hpp"

#include "keyprovider/tpm2/tpm_session.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

ESYS_TR hierarchy_handle(TPM2_HANDLE hierarchy) {
  switch (hierarchy) {
    case TPM2_RH_OWNER:
      return ESYS_TR_RH_OWNER;
    case TPM2_RH_ENDORSEMENT:
      return ESYS_TR_RH_ENDORSEMENT;
    case TPM2_RH_NULL:
      return ESYS_TR_RH_NULL;
    default:
      throw Error(ErrorCode::kRefused,
                  "a key whose parent is neither the owner, endorsement or null hierarchy nor persistent");
  }
}

}  // namespace

ESYS_TR make_primary(const Tpm& tpm, TPM2_HANDLE hierarchy) {
  const TPM2B_PUBLIC area = parent_template();
  const TPM2B_SENSITIVE_CREATE sensitive{};
  const TPM2B_DATA nothing{};
  const TPML_PCR_SELECTION no_pcrs{};
  ESYS_TR primary = ESYS_TR_NONE;
  const TSS2_RC status = Esys_CreatePrimary(tpm.esys(), hierarchy_handle(hierarchy), ESYS_TR_PASSWORD,
                                            ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, &area, &nothing, &no_pcrs,
                                            &primary, nullptr, nullptr, nullptr, nullptr);
  if (is_wrong_auth(status))
    throw Error(
        ErrorCode::kUsage, "the TPM's hierarchy above the key has an authorization value",
        "only a key below a persistent parent, or at a persistent handle, can be used: tpm2_evictcontrol");
  check(status, "make the key's parent in the TPM");
  return primary;
}

LoadableKey make_key(const Tpm& tpm, NewKeyKind kind, const SecretBytes* auth) {
  const TpmAuth value(auth);
  TPM2B_SENSITIVE_CREATE sensitive{};
  sensitive.sensitive.userAuth = value.get();
  const TPM2B_PUBLIC area = key_template(kind, auth == nullptr ? GuessLimit::kNone : GuessLimit::kCounted);
  const TPM2B_DATA nothing{};
  const TPML_PCR_SELECTION no_pcrs{};
  const Transient parent(tpm, make_primary(tpm, TPM2_RH_OWNER));
  const TpmSession session(tpm, parent.handle());
  TPM2B_PRIVATE* private_part = nullptr;
  TPM2B_PUBLIC* public_part = nullptr;
  const TSS2_RC status =
      Esys_Create(tpm.esys(), parent.handle(), session.handle(), ESYS_TR_NONE, ESYS_TR_NONE, &sensitive,
                  &area, &nothing, &no_pcrs, &private_part, &public_part, nullptr, nullptr, nullptr);
  wipe(MutableByteView(sensitive.sensitive.userAuth.buffer));
  check(status, "make a key in the TPM");
  return {TPM2_RH_OWNER, auth == nullptr, *Owned<TPM2B_PUBLIC>(public_part),
          *Owned<TPM2B_PRIVATE>(private_part)};
}

}  // namespace imgcrypt::keyprovider::tpm2

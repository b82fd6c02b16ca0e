#include "keyprovider/tpm2/parent.hpp"

#include "keyprovider/tpm2/new_key.hpp"
#include "keyprovider/tpm2/public_area.hpp"
#include "keyprovider/tpm2/tries.hpp"

namespace imgcrypt::keyprovider::tpm2 {

Parent::Parent(const Tpm& tpm, TPM2_HANDLE handle) : tpm_(tpm) {
  if (handle >> TPM2_HR_SHIFT == TPM2_HT_PERSISTENT) {
    check(Esys_TR_FromTPMPublic(tpm.esys(), handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &handle_),
          "find the key's parent");
    // It is used with an empty value, which may be wrong.
    check_tries_left(tpm, read_public(tpm, handle_).objectAttributes);
    return;
  }
  is_transient_ = true;
  handle_ = make_primary(tpm, handle);
}

Parent::~Parent() {
  if (is_transient_)
    Esys_FlushContext(tpm_.esys(), handle_);
  else
    Esys_TR_Close(tpm_.esys(), &handle_);
}

}  // namespace imgcrypt::keyprovider::tpm2

// Keys that a TPM makes and that cannot leave it, for `imgcrypt key generate tpm2`. Also the key above them,
// which is made anew from the TPM's seed each time. For the sources of this folder; one thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/tpm2/key_file.hpp"
#include "keyprovider/tpm2/templates.hpp"

namespace imgcrypt::keyprovider::tpm2 {

// The primary key of a hierarchy by the draft's template; the caller flushes it. Throws as tpm_error; kUsage
// for a hierarchy that has an authorization value of its own.
[[nodiscard]] ESYS_TR make_primary(const Tpm& tpm, TPM2_HANDLE hierarchy);

// Below the primary key of the owner's hierarchy. `auth` is null for a key that everybody who can use the TPM
// can use. Throws kUsage as TpmAuth; as make_primary.
[[nodiscard]] LoadableKey make_key(const Tpm& tpm, NewKeyKind kind, const SecretBytes* auth);

}  // namespace imgcrypt::keyprovider::tpm2

// What keys are made of in the TPM. For the sources of this folder. Pure functions.
#pragma once

#include "keyprovider/tpm2/tpm.hpp"

namespace imgcrypt::keyprovider::tpm2 {

// The key above those in TSS2 files whose parent is a hierarchy, the same for everybody who follows the
// draft (draft-bottomley-tpm2-keys section 3.1.8): on P-256, made from the hierarchy's seed whenever it is
// needed.
[[nodiscard]] TPM2B_PUBLIC parent_template();

// A new key that decrypts or agrees, and cannot leave its TPM.
enum class NewKeyKind { kRsa2048, kP256 };
enum class GuessLimit { kCounted, kNone };  // whether the TPM counts wrong authorization values
[[nodiscard]] TPM2B_PUBLIC key_template(NewKeyKind kind, GuessLimit limit);

}  // namespace imgcrypt::keyprovider::tpm2

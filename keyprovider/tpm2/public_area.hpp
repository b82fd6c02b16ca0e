// What a TPM tells everybody of a key. For the sources of this folder; one thread.
#pragma once

#include "keyprovider/tpm2/tpm.hpp"
#include "keys/key.hpp"

#include <cstddef>

namespace imgcrypt::keyprovider::tpm2 {

// Of a loaded key, or one at a persistent handle. REQUIRES: room_in calls it.
[[nodiscard]] TPMT_PUBLIC read_public(const Tpm& tpm, ESYS_TR key);
// Throws kUsage for a key that does not decrypt, or only by a policy; kRefused as PublicKey.
[[nodiscard]] PublicKey decryption_key_of(const TPMT_PUBLIC& area);
// The bytes of a coordinate. Throws kRefused for a curve that we do not have. REQUIRES: an EC key.
[[nodiscard]] std::size_t field_size(const TPMT_PUBLIC& area);

}  // namespace imgcrypt::keyprovider::tpm2

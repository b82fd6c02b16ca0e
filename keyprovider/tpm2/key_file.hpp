// "TSS2 PRIVATE KEY" files (draft-bottomley-tpm2-keys): what a TPM gave out of a key, encrypted by its
// parent, so that only that TPM can load it again. For the sources of this folder. Pure functions.
#pragma once

#include "base/bytes.hpp"

#include <tss2/tss2_tpm2_types.h>

#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::tpm2 {

struct LoadableKey {
  TPM2_HANDLE parent = TPM2_RH_OWNER;  // a hierarchy or a persistent handle
  bool has_empty_auth = false;
  TPM2B_PUBLIC public_part{};
  TPM2B_PRIVATE private_part{};
};

// The first such block of the text. Throws kUsage for what is not one; kRefused for keys that a policy
// guards, that are to be imported, and other kinds than loadable ones.
[[nodiscard]] LoadableKey parse_key_file(std::string_view text);
// In PEM.
[[nodiscard]] std::string format_key_file(const LoadableKey& key);

}  // namespace imgcrypt::keyprovider::tpm2

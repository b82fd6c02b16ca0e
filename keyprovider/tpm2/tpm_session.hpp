// An authorization session with a TPM, salted with a key that only the TPM has: whoever listens on the bus
// between the processor and the TPM sees neither authorization values nor what is decrypted, and cannot
// change either. For the sources of this folder; one thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/tpm2/tpm.hpp"

namespace imgcrypt::keyprovider::tpm2 {

class TpmSession {
 public:
  // `salt_key` is a loaded key that decrypts (TPM 2.0 part 1 section 19.6.8). The first parameter of each
  // command, and of its response, is encrypted (section 21). Throws as tpm_error.
  TpmSession(const Tpm& tpm, ESYS_TR salt_key);

  [[nodiscard]] ESYS_TR handle() const noexcept { return session_.handle(); }

 private:
  Transient session_;
};

// The authorization value as the TPM takes it. Wiped at the end.
class TpmAuth {
 public:
  // Null: empty. Throws kUsage for one of more than 32 bytes, which TPMs do not take for keys like ours.
  explicit TpmAuth(const SecretBytes* value);
  ~TpmAuth() { wipe({auth_.buffer, sizeof auth_.buffer}); }
  TpmAuth(const TpmAuth&) = delete;
  TpmAuth& operator=(const TpmAuth&) = delete;

  [[nodiscard]] const TPM2B_AUTH& get() const noexcept { return auth_; }

 private:
  TPM2B_AUTH auth_{};
};

}  // namespace imgcrypt::keyprovider::tpm2

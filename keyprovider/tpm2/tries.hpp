// Authorization values that may be wrong. A TPM counts wrong ones for all keys together, and locks itself
// after some. For the sources of this folder; one thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/tpm2/tpm.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::keyprovider::tpm2 {

// What a key is used with: `name` is its public half in PEM, the same for each way to name it.
struct AuthAttempt {
  std::string_view name;
  TPMA_OBJECT attributes;  // which say whether the TPM counts
  ByteView value;
};

// Throws kProvider if one more wrong value would lock the TPM. The first is always allowed: a TPM may allow
// no other. A TPM that is locked says so itself.
void check_tries_left(const Tpm& tpm, TPMA_OBJECT attributes);

class Tries {
 public:
  // Before a value is tried. Throws what the same value of the same key threw before; as check_tries_left.
  void check(const Tpm& tpm, const AuthAttempt& attempt) const;
  // After the TPM refused it. Throws kUsage, which says how many tries are used.
  [[noreturn]] void refuse(const Tpm& tpm, const AuthAttempt& attempt);

 private:
  struct Refused {
    std::string name;
    SecretBytes value;
    Error error;
  };
  std::vector<Refused> refused_;
};

}  // namespace imgcrypt::keyprovider::tpm2

// The key below which a TPM loads those of files. For the sources of this folder; one thread.
#pragma once

#include "keyprovider/tpm2/tpm.hpp"

namespace imgcrypt::keyprovider::tpm2 {

// For as long as the keys below it are loaded.
class Parent {
 public:
  // `handle` is a persistent one or that of a hierarchy. Throws as make_primary and check_tries_left.
  Parent(const Tpm& tpm, TPM2_HANDLE handle);
  ~Parent();
  Parent(const Parent&) = delete;
  Parent& operator=(const Parent&) = delete;

  [[nodiscard]] ESYS_TR handle() const noexcept { return handle_; }

 private:
  const Tpm& tpm_;
  ESYS_TR handle_ = ESYS_TR_NONE;
  bool is_transient_ = false;
};

}  // namespace imgcrypt::keyprovider::tpm2

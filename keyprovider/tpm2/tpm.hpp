// A connection to a TPM 2.0, and what its failures mean. For the sources of this folder; one thread.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <tss2/tss2_esys.h>

#include <memory>
#include <string>

namespace imgcrypt::keyprovider::tpm2 {

// What the library allocates.
struct EsysFree {
  void operator()(void* owned) const noexcept { Esys_Free(owned); }
};
template <typename T>
using Owned = std::unique_ptr<T, EsysFree>;

// The device that /dev/tpmrm0 is: the kernel manages what each program has loaded into the TPM.
inline constexpr const char* kDefaultTcti = "device:/dev/tpmrm0";

class Tpm {
 public:
  // `tcti` says where it is, e.g. "device:/dev/tpmrm0" or "swtpm:path=SOCKET" (TCTI configuration of
  // tpm2-tss). Throws kProvider if there is no TPM, or no permission.
  explicit Tpm(const std::string& tcti);
  ~Tpm();
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;

  // Lives as long as this.
  [[nodiscard]] ESYS_CONTEXT* esys() const noexcept { return esys_; }

 private:
  TSS2_TCTI_CONTEXT* tcti_ = nullptr;
  ESYS_CONTEXT* esys_ = nullptr;
};

// What is loaded into the TPM, which has room for little: a key or a session, removed at the end.
class Transient {
 public:
  Transient(const Tpm& tpm, ESYS_TR handle) : tpm_(tpm), handle_(handle) {}
  ~Transient() { Esys_FlushContext(tpm_.esys(), handle_); }
  Transient(const Transient&) = delete;
  Transient& operator=(const Transient&) = delete;

  [[nodiscard]] ESYS_TR handle() const noexcept { return handle_; }

 private:
  const Tpm& tpm_;
  ESYS_TR handle_;
};

// The TPM's own reason without the number of the parameter or session that it is about, e.g. TPM2_RC_VALUE
// (TPM 2.0 part 2 section 6.6); 0 if it is not from the TPM.
[[nodiscard]] TSS2_RC reason_of(TSS2_RC status) noexcept;
// Whether an authorization value was wrong.
[[nodiscard]] bool is_wrong_auth(TSS2_RC status) noexcept;
// `status` as an error about `what`, with what mends it: kUsage for a key of another TPM and for a parent
// that has an authorization value (Tries says that of a key itself), else kProvider.
[[nodiscard]] Error tpm_error(TSS2_RC status, const std::string& what);
inline void check(TSS2_RC status, const std::string& what) {
  if (status != TSS2_RC_SUCCESS) throw tpm_error(status, what);
}

// The bytes of a TPM2B structure, `field` is its array. The library's limits are those of the arrays.
template <typename T, typename Field>
[[nodiscard]] ByteView view_of(const T& sized, const Field& field) {
  return ByteView(field).first(sized.size);
}

}  // namespace imgcrypt::keyprovider::tpm2

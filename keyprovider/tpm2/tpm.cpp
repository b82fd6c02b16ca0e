#include "keyprovider/tpm2/tpm.hpp"

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

constexpr std::string_view kDevicePrefix = "device:";

// The library's own words for these are numbers.
void check_device(const std::string& tcti) {
  if (!tcti.starts_with(kDevicePrefix)) return;
  const std::string path = tcti.substr(kDevicePrefix.size());
  if (::access(path.c_str(), R_OK | W_OK) == 0) return;
  const int reason = errno;
  if (reason == ENOENT)
    throw Error(ErrorCode::kProvider, "this machine has no TPM 2.0: there is no " + path,
                "switch it on in the firmware; TPM2TOOLS_TCTI names one that is elsewhere");
  throw Error(ErrorCode::kProvider, path + ": " + std::generic_category().message(reason),
              "let the user use the TPM: usermod -aG tss USER, and log in again");
}

struct Cure {
  TSS2_RC reason;
  ErrorCode code;
  const char* text;
  const char* hint;
};

constexpr std::array kCures = {
    Cure{TPM2_RC_AUTH_FAIL, ErrorCode::kUsage, "the key's parent has an authorization value",
         "use a key below a parent without one"},
    Cure{TPM2_RC_BAD_AUTH, ErrorCode::kUsage, "the key's parent has an authorization value",
         "use a key below a parent without one"},
    Cure{TPM2_RC_LOCKOUT, ErrorCode::kProvider,
         "the TPM is locked: there were too many tries with wrong authorization values",
         "wait (tpm2_getcap properties-variable: TPM2_PT_LOCKOUT_RECOVERY), or its owner ends it with "
         "tpm2_dictionarylockout --clear-lockout"},
    Cure{TPM2_RC_INTEGRITY, ErrorCode::kUsage,
         "the key belongs to another TPM, or was made before this one was cleared",
         "use it on the machine where it was made"},
    Cure{TPM2_RC_HANDLE, ErrorCode::kUsage, "the TPM has no key at this handle",
         "tpm2_getcap handles-persistent lists those that it has"},
    Cure{TPM2_RC_OBJECT_MEMORY, ErrorCode::kProvider, "the TPM has no room for the key",
         "use /dev/tpmrm0, or remove what others have loaded: tpm2_flushcontext --transient-object"},
    Cure{TPM2_RC_CURVE, ErrorCode::kUsage, "this TPM does not have the curve of the key",
         "tpm2_getcap ecc-curves lists those that it has"}};

}  // namespace

Tpm::Tpm(const std::string& tcti) {
  check_device(tcti);
  const std::string what = "connect to the TPM (" + tcti + ")";
  check(Tss2_TctiLdr_Initialize(tcti.c_str(), &tcti_), what);
  const TSS2_RC status = Esys_Initialize(&esys_, tcti_, nullptr);
  if (status == TSS2_RC_SUCCESS) return;
  Tss2_TctiLdr_Finalize(&tcti_);
  throw tpm_error(status, what);
}

Tpm::~Tpm() {
  Esys_Finalize(&esys_);
  Tss2_TctiLdr_Finalize(&tcti_);
}

TSS2_RC reason_of(TSS2_RC status) noexcept {
  const TSS2_RC layer = status & TSS2_RC_LAYER_MASK;
  if (layer != TSS2_TPM_RC_LAYER && layer != TSS2_RESMGR_TPM_RC_LAYER) return 0;
  const TSS2_RC code = status & ~TSS2_RC_LAYER_MASK;
  // Format one has the number of the parameter, handle or session beside the reason.
  constexpr TSS2_RC kFormatOneReason = TPM2_RC_FMT1 | 0x3fU;
  return (code & TPM2_RC_FMT1) != 0 ? code & kFormatOneReason : code;
}

bool is_wrong_auth(TSS2_RC status) noexcept {
  const TSS2_RC reason = reason_of(status);
  return reason == TPM2_RC_AUTH_FAIL || reason == TPM2_RC_BAD_AUTH;
}

Error tpm_error(TSS2_RC status, const std::string& what) {
  const auto cure = std::ranges::find(kCures, reason_of(status), &Cure::reason);
  if (cure != kCures.end()) return {cure->code, cure->text, cure->hint};
  return {ErrorCode::kProvider, what + ": " + Tss2_RC_Decode(status)};
}

}  // namespace imgcrypt::keyprovider::tpm2

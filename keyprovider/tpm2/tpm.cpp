#include "keyprovider/tpm2/tpm.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"

#include <fcntl.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
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

// Whether it is a device without a resource manager, e.g. /dev/tpm0, that another program has open. The
// library does not say so.
bool is_held(const std::string& tcti) {
  if (!tcti.starts_with(kDevicePrefix)) return false;
  const Fd device(::open(tcti.c_str() + kDevicePrefix.size(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  return !device.is_open() && errno == EBUSY;
}

struct Cure {
  TSS2_RC reason;
  ErrorCode code;
  const char* text;
  const char* hint;
  bool may_pass = false;  // without the user
};

constexpr const char* kMakeRoom =
    "let TPM2TOOLS_TCTI be device:/dev/tpmrm0, or remove what others have left in the TPM: "
    "tpm2_flushcontext --transient-object";
constexpr const char* kMakeRoomForSession =
    "let TPM2TOOLS_TCTI be device:/dev/tpmrm0, or remove what others have left in the TPM: "
    "tpm2_flushcontext --loaded-session";

constexpr Cure full(TSS2_RC reason, const char* text, const char* hint) {
  return {reason, ErrorCode::kProvider, text, hint, true};
}

constexpr auto kCures = std::to_array<Cure>(
    {Cure{TPM2_RC_AUTH_FAIL, ErrorCode::kUsage, "the key's parent has an authorization value",
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
     full(TPM2_RC_OBJECT_MEMORY, "the TPM has no room for the key", kMakeRoom),
     full(TPM2_RC_OBJECT_HANDLES, "the TPM has no room for the key", kMakeRoom),
     full(TPM2_RC_MEMORY, "the TPM has no room", kMakeRoom),
     full(TPM2_RC_SESSION_MEMORY, "the TPM has no room for a session", kMakeRoomForSession),
     full(TPM2_RC_SESSION_HANDLES, "the TPM has no room for a session", kMakeRoomForSession),
     full(TPM2_RC_RETRY, "the TPM is busy", "try again later"),
     full(TPM2_RC_YIELDED, "the TPM is busy", "try again later"),
     full(TPM2_RC_TESTING, "the TPM is busy testing itself", "try again later"),
     Cure{TPM2_RC_CURVE, ErrorCode::kUsage, "this TPM does not have the curve of the key",
          "tpm2_getcap ecc-curves lists those that it has"}});

// nullptr: only the library has words for it.
const Cure* cure_for(TSS2_RC status) {
  const auto found = std::ranges::find(kCures, reason_of(status), &Cure::reason);
  return found == kCures.end() ? nullptr : &*found;
}

void wait_a_moment() {
  constexpr timespec kMoment = {0, 50'000'000};
  ::nanosleep(&kMoment, nullptr);
  throw_if_cancelled();
}

}  // namespace

Tpm::Tpm(std::string tcti) : tcti_name_(std::move(tcti)) { connect(); }

void Tpm::connect() {
  check_device(tcti_name_);
  const auto end = std::chrono::steady_clock::now() + kTimeForRoom;
  while (true) {
    TSS2_RC status = Tss2_TctiLdr_Initialize(tcti_name_.c_str(), &tcti_);
    if (status == TSS2_RC_SUCCESS) status = Esys_Initialize(&esys_, tcti_, nullptr);
    if (status == TSS2_RC_SUCCESS) return;
    disconnect();
    // A signal may end the wait for a TPM that others use; nothing is loaded yet.
    throw_if_cancelled();
    if (!is_held(tcti_name_)) throw tpm_error(status, "connect to the TPM (" + tcti_name_ + ")");
    if (std::chrono::steady_clock::now() >= end)
      throw Error(ErrorCode::kProvider, "another program keeps the TPM to itself (" + tcti_name_ + ")",
                  "let TPM2TOOLS_TCTI be device:/dev/tpmrm0, which programs share, or end the other program");
    wait_a_moment();
  }
}

void Tpm::disconnect() noexcept {
  Esys_Finalize(&esys_);
  Tss2_TctiLdr_Finalize(&tcti_);
}

void Tpm::take_break() {
  disconnect();
  wait_a_moment();
  connect();
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
  if (const Cure* const cure = cure_for(status)) return {cure->code, cure->text, cure->hint};
  return {ErrorCode::kProvider, what + ": " + Tss2_RC_Decode(status)};
}

void check(TSS2_RC status, const std::string& what) {
  check_room(status, what);
  if (status != TSS2_RC_SUCCESS) throw tpm_error(status, what);
}

void check_room(TSS2_RC status, const std::string& what) {
  const Cure* const cure = cure_for(status);
  if (cure != nullptr && cure->may_pass) throw TpmIsFull(tpm_error(status, what));
}

}  // namespace imgcrypt::keyprovider::tpm2

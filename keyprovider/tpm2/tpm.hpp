// A connection to a TPM 2.0, and what its failures mean. For the sources of this folder; one thread.
#pragma once

#include "base/bytes.hpp"
#include "base/cancel_hold.hpp"

#include <imgcrypt/error.hpp>

#include <tss2/tss2_esys.h>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace imgcrypt::keyprovider::tpm2 {

// What the library allocates.
struct EsysFree {
  void operator()(void* owned) const noexcept { Esys_Free(owned); }
};
template <typename T>
using Owned = std::unique_ptr<T, EsysFree>;

// The device that /dev/tpmrm0 is: the kernel manages what each program has loaded into the TPM.
inline constexpr const char* kDefaultTcti = "device:/dev/tpmrm0";

// How long others may take to make room.
inline constexpr std::chrono::milliseconds kTimeForRoom{3000};

class Tpm {
 public:
  // `tcti` says where it is, e.g. "device:/dev/tpmrm0" or "swtpm:path=SOCKET" (TCTI configuration of
  // tpm2-tss). Waits for a device that another program has open, for kTimeForRoom at most. Throws kProvider
  // if there is no TPM, or no permission.
  explicit Tpm(std::string tcti);
  ~Tpm() { disconnect(); }
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;

  // Lives until the next break.
  [[nodiscard]] ESYS_CONTEXT* esys() const noexcept { return esys_; }

  // Lets others have the TPM for a moment: without a resource manager, one program at a time can talk to it.
  // What the library calls ESYS_TR is then no longer valid. Throws as the constructor; kCancelled.
  void take_break();

 private:
  void connect();
  void disconnect() noexcept;

  std::string tcti_name_;
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

// What the library knows of a key that stays in the TPM.
class Persistent {
 public:
  Persistent(const Tpm& tpm, ESYS_TR handle) : tpm_(tpm), handle_(handle) {}
  ~Persistent() { Esys_TR_Close(tpm_.esys(), &handle_); }
  Persistent(const Persistent&) = delete;
  Persistent& operator=(const Persistent&) = delete;

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
// Throws tpm_error unless it is a success; TpmIsFull where waiting can help. REQUIRES: room_in calls it.
void check(TSS2_RC status, const std::string& what);
// The same, but only for TpmIsFull.
void check_room(TSS2_RC status, const std::string& what);

// Other programs have loaded so much into the TPM, or keep it so busy, that there was no room. Only for
// room_in.
class TpmIsFull final : public std::exception {
 public:
  explicit TpmIsFull(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

// What `use` returns; it is called again while the TPM has no room, for kTimeForRoom at most, and then throws
// what the TPM said. It leaves nothing loaded, and keeps no ESYS_TR. Signals wait for its end: the library
// would lose the TPM's answer, and with it what must be removed from the TPM.
template <typename Use>
auto room_in(Tpm& tpm, Use use) {
  const auto end = std::chrono::steady_clock::now() + kTimeForRoom;
  while (true) {
    try {
      const CancelHold hold;
      return use();
    } catch (const TpmIsFull& full) {
      if (std::chrono::steady_clock::now() >= end) throw Error(full.error());
    }
    tpm.take_break();
  }
}

// The bytes of a TPM2B structure, `field` is its array. The library's limits are those of the arrays.
template <typename T, typename Field>
[[nodiscard]] ByteView view_of(const T& sized, const Field& field) {
  return ByteView(field).first(sized.size);
}

}  // namespace imgcrypt::keyprovider::tpm2

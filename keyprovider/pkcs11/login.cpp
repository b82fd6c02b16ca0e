#include "keyprovider/pkcs11/login.hpp"

#include <p11-kit/p11-kit.h>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr const char* kHowToGive =
    "write -k KEY:prompt, :file=PINFILE, :fd=N or :env=VARIABLE, or pin-source in the URI";

CK_FLAGS flags_of(const LoginPlace& place) {
  CK_TOKEN_INFO info{};
  return place.module->C_GetTokenInfo(place.slot, &info) == CKR_OK ? info.flags : 0;
}

[[noreturn]] void fail_locked(const LoginPlace& place) {
  throw Error(ErrorCode::kUsage, "the token " + place.token + " is locked after too many wrong PINs",
              "unlock it with its security officer's PIN, e.g. by pkcs11-tool --init-pin");
}

// PKCS#11 tells no number, only these three.
std::string tries_left(CK_FLAGS flags) {
  if ((flags & CKF_USER_PIN_LOCKED) != 0) return "; the token is locked now";
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) return "; one try is left until the token locks";
  if ((flags & CKF_USER_PIN_COUNT_LOW) != 0) return "; a few tries are left until the token locks";
  return {};
}

[[noreturn]] void fail_to_log_in(CK_RV status, const LoginPlace& place) {
  const std::string token = "the token " + place.token;
  switch (status) {
    case CKR_PIN_LOCKED:
      fail_locked(place);
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      throw Error(ErrorCode::kUsage,
                  "wrong PIN for " + token + tries_left(flags_of(place)) + "; it is not tried again");
    case CKR_PIN_EXPIRED:
      throw Error(ErrorCode::kUsage, "the PIN of " + token + " has expired", "set a new one");
    case CKR_USER_PIN_NOT_INITIALIZED:
      throw Error(ErrorCode::kUsage, token + " has no user PIN yet",
                  "set one, e.g. by pkcs11-tool --init-pin");
    default:
      throw Error(ErrorCode::kProvider, "cannot log in to " + token + ": " + ::p11_kit_strerror(status));
  }
}

}  // namespace

bool Login::needs_pin(const LoginPlace& place) const {
  constexpr CK_FLAGS kInVain =
      CKF_PROTECTED_AUTHENTICATION_PATH | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
  return !is_done_ && !failure_ && (flags_of(place) & kInVain) == 0;
}

void Login::ensure(const LoginPlace& place, const SecretBytes* pin) {
  if (is_done_) return;
  if (failure_) throw Error(*failure_);
  attempt(place, pin, CKU_USER);
  is_done_ = true;
}

void Login::confirm(const LoginPlace& place, const SecretBytes* pin) {
  if (failure_) throw Error(*failure_);
  attempt(place, pin, CKU_CONTEXT_SPECIFIC);
}

void Login::attempt(const LoginPlace& place, const SecretBytes* pin, CK_USER_TYPE user) {
  const CK_FLAGS flags = flags_of(place);
  if ((flags & CKF_USER_PIN_LOCKED) != 0) fail_locked(place);
  const bool has_keypad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  if (pin == nullptr && !has_keypad)
    throw Error(ErrorCode::kUsage, "the token " + place.token + " needs a PIN", kHowToGive);
  // A PIN in a file that is wrong must not lock the token: a node's decoder is started for each layer anew.
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0 && !has_keypad) {
    throw Error(ErrorCode::kRefused, "the token " + place.token + " has one try left until it locks",
                "log in with the right PIN by hand first, e.g. by pkcs11-tool --login --list-objects");
  }
  const ByteView text = pin == nullptr ? ByteView() : pin->expose();
  CK_UTF8CHAR* const bytes = has_keypad ? nullptr : const_cast<CK_UTF8CHAR*>(text.data());
  const CK_RV status = place.module->C_Login(place.session, user, bytes, has_keypad ? 0 : text.size());
  if (status == CKR_OK || status == CKR_USER_ALREADY_LOGGED_IN) return;
  try {
    fail_to_log_in(status, place);
  } catch (const Error& error) {
    failure_ = error;
    throw;
  }
}

}  // namespace imgcrypt::keyprovider::pkcs11

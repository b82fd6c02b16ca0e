// A login to a token. A wrong PIN counts against the token, which locks itself after a few: so there is one
// try for each token in the life of the program, which is that of a command. One thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <p11-kit/pkcs11.h>

#include <optional>
#include <string>

namespace imgcrypt::keyprovider::pkcs11 {

// Where the login happens.
struct LoginPlace {
  CK_FUNCTION_LIST* module;
  CK_SLOT_ID slot;
  CK_SESSION_HANDLE session;
  std::string token;  // for messages
};

class Login {
 public:
  // Whether `ensure` would use a PIN. False where it would fail whatever the PIN.
  [[nodiscard]] bool needs_pin(const LoginPlace& place) const;
  // As the user; does nothing if that was done. `pin` may be null: then the token must have a keypad of its
  // own. Throws kUsage if there is no PIN, it is wrong, or the token is locked; kRefused where the one try
  // that the token has left would be used up; kProvider if the token fails. After a try that failed it throws
  // the same again, whatever the PIN.
  void ensure(const LoginPlace& place, const SecretBytes* pin);
  // Once more, for one use of a key that asks for the PIN each time (CKA_ALWAYS_AUTHENTICATE), after the use
  // has begun. REQUIRES: ensure has logged in with this PIN. Throws as ensure.
  void confirm(const LoginPlace& place, const SecretBytes* pin);
  // Of a session that is gone.
  void forget() noexcept { is_done_ = false; }

 private:
  void attempt(const LoginPlace& place, const SecretBytes* pin, CK_USER_TYPE user);

  bool is_done_ = false;
  std::optional<Error> failure_;
};

}  // namespace imgcrypt::keyprovider::pkcs11

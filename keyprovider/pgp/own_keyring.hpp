// The user's own keyring of GnuPG: where its home directory is, and whom its keys are of. One thread.
#pragma once

#include "keyprovider/pgp/gpgme.hpp"

#include <string>

namespace imgcrypt::keyprovider::pgp {

// Throws kUsage if there is none: GnuPG would make one.
[[nodiscard]] Context open_own_keyring();

// The one key that `who` names and that messages can be encrypted for: a fingerprint or key id, or the whole
// name, mail address or user id, in capital or small letters. Throws kUsage, with the keys that there are, if
// there is none, or more than one.
[[nodiscard]] Key choose_key(Keys keys, const std::string& who);

}  // namespace imgcrypt::keyprovider::pgp

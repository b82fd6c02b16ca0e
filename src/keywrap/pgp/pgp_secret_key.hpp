// Files of OpenPGP secret keys, as far as they say whether a passphrase locks them: so that the user can be
// asked before GnuPG is. Pure functions.
#pragma once

#include "base/bytes.hpp"

namespace imgcrypt {

// Whether one of the file's keys, in binary or with ASCII armor, is locked by a passphrase. False also for
// what cannot be read, e.g. as a later version of OpenPGP wrote it, and for keys whose secret part is on a
// card.
[[nodiscard]] bool is_locked_pgp_key(ByteView file);

}  // namespace imgcrypt

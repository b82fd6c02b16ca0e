// The padding of RSA-OAEP, for keys of which a token does no more than the bare operation. Safe in every
// thread.
#pragma once

#include "keys/key.hpp"

#include <optional>
#include <string_view>

namespace imgcrypt {

// EME-OAEP decoding (RFC 8017 section 7.1.2 step 3): the message in `encoded`, which is
// as long as the modulus; nullopt if the padding is wrong, and time does not tell in which way: who could
// learn that could decrypt (Manger 2001). Throws kOther if OpenSSL fails.
[[nodiscard]] std::optional<SecretBytes> remove_oaep(ByteView encoded, OaepHash hash,
                                                     std::string_view label = {});

}  // namespace imgcrypt

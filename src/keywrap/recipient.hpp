// Recipients as the user names them: SCHEME:VALUE.
#pragma once

#include "keywrap/key_wrapper.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// Reads the public keys that the recipients name. Throws kUsage, naming the recipient, for any that cannot be
// used.
[[nodiscard]] KeyWrappers parse_recipients(const std::vector<std::string>& recipients);

}  // namespace imgcrypt

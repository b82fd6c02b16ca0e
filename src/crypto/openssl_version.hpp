// Which OpenSSL this process runs with. For `imgcrypt version`.
#pragma once

#include <string>

namespace imgcrypt {

// "3.0.17": of the library that is loaded, which may be newer than the one that was built with.
[[nodiscard]] std::string openssl_version();

}  // namespace imgcrypt

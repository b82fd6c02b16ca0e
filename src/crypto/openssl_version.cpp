#include "crypto/openssl_version.hpp"

#include "crypto/openssl.hpp"

namespace imgcrypt {

std::string openssl_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace imgcrypt

#include "crypto/openssl.hpp"

#include <openssl/err.h>

#include <string>

#include <imgcrypt/error.hpp>

namespace imgcrypt::openssl {

void fail(const char* what) {
  ERR_clear_error();
  throw Error(ErrorCode::kOther, std::string("OpenSSL: ") + what + " failed");
}

}  // namespace imgcrypt::openssl

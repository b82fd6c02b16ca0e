#include "crypto/openssl.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>

#include <string>

namespace imgcrypt::openssl {

void fail(const char* what) {
  ERR_clear_error();
  throw Error(ErrorCode::kOther, std::string("OpenSSL: ") + what + " failed");
}

}  // namespace imgcrypt::openssl

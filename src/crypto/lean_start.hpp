// A quick start of OpenSSL for programs that live for milliseconds.
#pragma once

namespace imgcrypt {

// Does not read openssl.cnf, nor the texts of OpenSSL's errors, which we never show; lists few algorithms
// (lean_provider.hpp); and does not fill the tables of names that only interfaces older than OpenSSL 3 look
// up, except with the ciphers that PEM files with a passphrase name. Throws kOther. REQUIRES: nothing in this
// process has used OpenSSL before.
void start_openssl_leanly();

}  // namespace imgcrypt

// For a program that lives for milliseconds, as its first use of OpenSSL: leaves out openssl.cnf, and the
// tables of names that only interfaces older than OpenSSL 3 look up, except for the ciphers of PEM files with
// a passphrase.
#pragma once

namespace imgcrypt {

void start_openssl_leanly();

}  // namespace imgcrypt

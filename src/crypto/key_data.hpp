// OpenSSL keys from DER without its general decoder, whose search through all formats costs a small process a
// third of its start-up. For the sources of this folder only.
#pragma once

#include "base/bytes.hpp"

struct evp_pkey_st;

namespace imgcrypt {

// PKCS#8, PKCS#1 or SEC 1. Null for anything unusual: the general decoder then decides. The caller owns the
// key.
[[nodiscard]] evp_pkey_st* private_key_from_der(ByteView der);
// PKCS#1 RSAPublicKey. Null when it is none.
[[nodiscard]] evp_pkey_st* rsa_public_key_from_der(ByteView der);

}  // namespace imgcrypt

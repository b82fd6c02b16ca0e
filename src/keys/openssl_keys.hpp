// OpenSSL keys from DER without its general decoder, whose search through all formats costs a small process a
// third of its start-up. For the sources of this folder only.
#pragma once

#include "base/bytes.hpp"

#include <span>
#include <string>

struct evp_pkey_st;

namespace imgcrypt {

// PKCS#8, PKCS#1 or SEC 1. Null for anything unusual: the general decoder then decides. The caller owns the
// key.
[[nodiscard]] evp_pkey_st* private_key_from_der(ByteView der);
// SubjectPublicKeyInfo. Null for anything else.
[[nodiscard]] evp_pkey_st* subject_public_key_from_der(ByteView der);
// That, or PKCS#1. Null for anything else.
[[nodiscard]] evp_pkey_st* public_key_from_der(ByteView der);
// From numbers, big-endian: n and e; n, e, d, p, q and, unless they shall be computed, dp, dq, qi; an EC
// scalar and its point. Null for what is no key. Callers check that a point lies on its curve.
[[nodiscard]] evp_pkey_st* rsa_public_key(ByteView modulus, ByteView exponent);
[[nodiscard]] evp_pkey_st* rsa_private_key(std::span<const ByteView> numbers);
[[nodiscard]] evp_pkey_st* ec_private_key(const std::string& curve, ByteView scalar, ByteView x, ByteView y);
// PKCS#1 RSAPublicKey. Null when it is none.
[[nodiscard]] evp_pkey_st* rsa_public_key_from_der(ByteView der);

}  // namespace imgcrypt

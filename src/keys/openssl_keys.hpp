// OpenSSL's key objects, made from DER or from numbers without OpenSSL's general decoder: its search through
// all formats costs a small process a third of its start-up time. For the sources of this folder, and key
// providers with keys in forms of their own. Each
// function returns a key that the caller owns (EVP_PKEY_free), or null; none leaves anything on OpenSSL's
// error queue. Safe for use by several threads.
#pragma once

#include "base/bytes.hpp"

#include <span>
#include <string>

struct evp_pkey_st;

namespace imgcrypt {

// PKCS#8, PKCS#1 or SEC 1, not encrypted. Null for anything unusual: then the general decoder decides.
[[nodiscard]] evp_pkey_st* private_key_from_der(ByteView der);
// SubjectPublicKeyInfo. Null for anything else.
[[nodiscard]] evp_pkey_st* subject_public_key_from_der(ByteView der);
// PKCS#1 RSAPublicKey. Null for anything else.
[[nodiscard]] evp_pkey_st* rsa_public_key_from_der(ByteView der);
// Either of these two. Null for anything else.
[[nodiscard]] evp_pkey_st* public_key_from_der(ByteView der);

// From big-endian numbers. Null for numbers that are not a key.
// RFC 8017 section 3.1.
[[nodiscard]] evp_pkey_st* rsa_public_key(ByteView modulus, ByteView exponent);
// `numbers` are n, e, d, p, q and either all of dp, dq, qi, or none: then they are computed.
// RFC 8017 section 3.2, with two primes.
[[nodiscard]] evp_pkey_st* rsa_private_key(std::span<const ByteView> numbers);
// REQUIRES: the point lies on its curve.
// `curve` is the name that a JWK has for it. All numbers are big-endian and as long as the field.
[[nodiscard]] evp_pkey_st* ec_private_key(const std::string& curve, ByteView scalar, ByteView x, ByteView y);

}  // namespace imgcrypt

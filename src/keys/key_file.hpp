// Key files. In PEM or DER: private keys as PKCS#8 (RFC 5208), PKCS#1 (RFC 8017) or SEC 1 (RFC 5915), plain
// or with a passphrase; public keys as SubjectPublicKeyInfo (RFC 5280) or PKCS#1. In PEM leading text,
// certificates and parameters before the key are passed over. And JSON Web Keys. Errors are kUsage, name
// neither the file nor its content, and say what it is that was given instead.
#pragma once

#include "keys/jwk.hpp"
#include "keys/key.hpp"

namespace imgcrypt {

inline constexpr std::size_t kMostKeyFileBytes = std::size_t{64} * 1024;
inline constexpr std::size_t kMostPassphraseBytes = std::size_t{4} * 1024;

// The whole file. Errors leave its name to the caller: kUsage when it cannot be opened.
[[nodiscard]] SecretBytes read_key_file(const std::string& path);

// One newline at its end is dropped. Errors name the file; kUsage when it cannot be opened.
[[nodiscard]] SecretBytes read_passphrase_file(const std::string& path);

// `passphrase` is null when none was given. The message tells apart: a public key, a certificate, a
// passphrase that is missing, a passphrase that is wrong, keys of other programs, no key at all.
[[nodiscard]] PrivateKey parse_private_key(ByteView file, const SecretBytes* passphrase);
[[nodiscard]] PublicKey parse_public_key(ByteView file);
// As parse_public_key, with what a JWK says besides.
[[nodiscard]] PublicJwk parse_recipient_key(ByteView file);

}  // namespace imgcrypt

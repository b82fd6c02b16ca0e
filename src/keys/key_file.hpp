// Key files. In PEM or DER: private keys as PKCS#8 (RFC 5208), PKCS#1 (RFC 8017) or SEC 1 (RFC 5915), plain
// or with a passphrase; public keys as SubjectPublicKeyInfo (RFC 5280) or PKCS#1. In PEM, text, certificates
// and parameters before the key are skipped. Also JSON Web Keys. Errors are kUsage and say what was given
// instead of the key, but neither name the file nor show its content; kRefused for keys that PublicKey
// refuses. Safe for use by several threads.
#pragma once

#include "keys/jwk.hpp"
#include "keys/key.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <string>

namespace imgcrypt {

// A 16384-bit RSA key in PEM takes a fifth of it; the rest is room for text and certificates beside the key.
inline constexpr std::size_t kMostKeyFileBytes = std::size_t{64} * 1024;

// The whole file. It may be a pipe. Throws kUsage when it cannot be opened, kRefused for more than
// kMostKeyFileBytes; the caller adds its name.
[[nodiscard]] SecretBytes read_key_file(const std::string& path);

// Whether the private key that parse_private_key would take is encrypted. False for what is not a private
// key.
[[nodiscard]] bool needs_passphrase(ByteView file);
// nullopt when the passphrase is wrong, for those who ask again; wrong_passphrase() for those who do not.
// Throws as parse_private_key. REQUIRES: needs_passphrase(file).
[[nodiscard]] std::optional<PrivateKey> unlock_private_key(ByteView file, const SecretBytes& passphrase);
[[nodiscard]] Error wrong_passphrase();

// `passphrase` is null when none was given. The message tells apart a public key, a certificate, a missing
// passphrase, a wrong passphrase, keys of other programs, and what is not a key at all. Throws kRefused for a
// key that is too costly to decrypt (key_derivation.hpp), as check_passphrase.
[[nodiscard]] PrivateKey parse_private_key(ByteView file, const SecretBytes* passphrase);
// Tells apart what was given instead in the same way: a private key, a certificate, keys of other programs.
[[nodiscard]] PublicKey parse_public_key(ByteView file);
// The same, with what else a JWK says.
[[nodiscard]] PublicJwk parse_recipient_key(ByteView file);

}  // namespace imgcrypt

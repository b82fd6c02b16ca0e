// Whom a packet is for: keys of tokens, and public keys of files. One thread.
#pragma once

#include "keyprovider/pkcs11/tokens.hpp"

#include <string>

namespace imgcrypt::keyprovider::pkcs11 {

// The RSA key of a parameter: a URI, a YAML key file, or a file with a public key or a certificate, for which
// no token is needed. Logs in only where the URI has a PIN. Throws kUsage, naming it.
[[nodiscard]] PublicKey recipient_key(Tokens& tokens, const std::string& parameter);

// Of OCICRYPT_OAEP_HASHALG: sha1 or sha256, which is the default, as of ocicrypt since 1.1.4. Throws kUsage.
[[nodiscard]] OaepHash oaep_hash();

// Throws kUsage, naming the key, if that much does not fit: it is encrypted at once, without a content key.
void check_fits(const PublicKey& key, const std::string& name, std::size_t size, OaepHash hash);

}  // namespace imgcrypt::keyprovider::pkcs11

// OpenPGP keys in words, and whether a message can be encrypted for them. Pure functions.
#pragma once

#include "keyprovider/pgp/gpgme.hpp"

#include <string>

namespace imgcrypt::keyprovider::pgp {

// "RSA 2048", "Curve25519": of a subkey.
[[nodiscard]] std::string kind_of(const _gpgme_subkey& subkey);
// The subkey that GnuPG encrypts for; null: none, e.g. because it expired.
[[nodiscard]] const _gpgme_subkey* encryption_subkey(const Key& key);
// "revoked", "expired on 2024-03-01", "it has no encryption key"; empty: messages can be encrypted for it.
[[nodiscard]] std::string fault_of(const Key& key);

[[nodiscard]] std::string fingerprint_of(const Key& key);
// The first user id, in one printable line; empty: it has none.
[[nodiscard]] std::string user_id_of(const Key& key);
// "FINGERPRINT (USER ID)", "FINGERPRINT (USER ID, expired on 2024-03-01)".
[[nodiscard]] std::string describe(const Key& key);

// "2024-03-01", in UTC.
[[nodiscard]] std::string date_of(long time);

}  // namespace imgcrypt::keyprovider::pgp

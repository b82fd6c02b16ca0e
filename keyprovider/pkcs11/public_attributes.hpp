// Public keys as the attributes of PKCS#11 objects have them. Pure functions.
#pragma once

#include "keys/key.hpp"

#include <optional>

namespace imgcrypt::keyprovider::pkcs11 {

// Of CKA_MODULUS and CKA_PUBLIC_EXPONENT; nullopt: one is empty. Throws as PublicKey.
[[nodiscard]] std::optional<PublicKey> rsa_key_of(ByteView modulus, ByteView exponent);
// Of CKA_EC_PARAMS and CKA_EC_POINT; nullopt: not an uncompressed point of P-256, P-384 or P-521. Throws as
// PublicKey::from_point.
[[nodiscard]] std::optional<PublicKey> ec_key_of(const Bytes& parameters, const Bytes& point);

}  // namespace imgcrypt::keyprovider::pkcs11

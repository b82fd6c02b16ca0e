// Which format a key file or a PEM block has, told by its outside alone: nothing is decoded. For the sources
// of this folder only. Pure functions.
#pragma once

#include "keys/pem.hpp"

#include <string_view>

namespace imgcrypt {

// Any label that ends with PRIVATE KEY counts, also that of a program whose keys we cannot read: the error
// can then say what it is.
[[nodiscard]] bool is_private_label(std::string_view pem_label) noexcept;
// "PUBLIC KEY" (RFC 7468 section 13) or kRsaPublicLabel.
[[nodiscard]] bool is_public_label(std::string_view pem_label) noexcept;
// By its label (RFC 7468 section 11), or by the headers that a traditional key has.
// REQUIRES: is_private_label of its label.
[[nodiscard]] bool is_encrypted(const PemBlock& private_key) noexcept;
// Whether the file is one SEQUENCE and nothing else: text may begin with the same byte.
[[nodiscard]] bool is_der(ByteView file);
// EncryptedPrivateKeyInfo (RFC 5208 section 6).
[[nodiscard]] bool is_encrypted_der(ByteView file);
// "PKCS#8", "PKCS#1" or "SEC 1". REQUIRES: a private key, not encrypted.
[[nodiscard]] const char* form_of_private_der(ByteView file);
// "SubjectPublicKeyInfo" or "PKCS#1". REQUIRES: a public key.
[[nodiscard]] const char* form_of_public_der(ByteView file);

// Of a bare RSAPublicKey (RFC 8017 appendix A.1.1), as `openssl rsa -RSAPublicKey_out` writes it.
inline constexpr std::string_view kRsaPublicLabel = "RSA PUBLIC KEY";

}  // namespace imgcrypt

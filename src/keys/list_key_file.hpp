// What is in a key file, for people who want to know: every key and certificate of it, also those that would
// be passed over. Errors as those of key_file.hpp.
#pragma once

#include "keys/certificate.hpp"
#include "keys/jwk.hpp"
#include "keys/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class KeyItemKind { kPrivateKey, kLockedPrivateKey, kPublicKey, kCertificate };

struct KeyItem {
  KeyItemKind kind;
  std::string form;              // "PKCS#8", "SEC 1", "JWK"
  std::string container;         // "PEM", "DER" or "JSON"
  std::optional<PublicJwk> key;  // nullopt: locked. A private key's public half
  std::optional<CertificateText> certificate;
  bool is_encrypted = false;
};

// Without a passphrase, encrypted keys are locked ones and no error. At least one item, else throws.
[[nodiscard]] std::vector<KeyItem> list_key_file(ByteView file, const SecretBytes* passphrase);

// How many keys are in the file, certificates aside; those behind the first are not used. 1 for other than
// PEM.
[[nodiscard]] std::size_t count_keys(ByteView file);

}  // namespace imgcrypt

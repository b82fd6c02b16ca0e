// What is in a key file, for people who want to know: every key and certificate, including those that are
// skipped when the file is used. For `imgcrypt key show` and for notes. Errors are those of key_file.hpp.
// Pure functions over values.
#pragma once

#include "keys/certificate.hpp"
#include "keys/jwk.hpp"
#include "keys/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class KeyItemKind { kPrivateKey, kLockedPrivateKey, kPublicKey, kCertificate };

// A key is locked if it is encrypted and no passphrase was given.
struct KeyItem {
  KeyItemKind kind;
  std::string form;              // "PKCS#8", "SEC 1", "JWK"
  std::string container;         // "PEM", "DER" or "JSON"
  std::optional<PublicJwk> key;  // the public half; nullopt: locked, or of no use
  // Set for certificates only; `key` is then the certificate's key.
  std::optional<CertificateText> certificate;
  bool is_encrypted = false;
  std::string fault = {};  // why it cannot be used at all, e.g. its kind; `key` is then nullopt
};

// In the order of the file; at least one that can be used, else throws kUsage, or
// kRefused as PrivateKey::check_halves. Without a passphrase (null),
// encrypted keys are listed as locked.
[[nodiscard]] std::vector<KeyItem> list_key_file(ByteView file, const SecretBytes* passphrase);

// How many keys are in the file, not counting certificates; only the first is used. 1 for a file that is not
// PEM.
[[nodiscard]] std::size_t count_keys(ByteView file);

}  // namespace imgcrypt

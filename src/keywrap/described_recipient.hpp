// What a packet tells of one of its recipients to somebody without a key. Its texts are as the packet has
// them: from outside, of any length, not fit for a terminal.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

struct DescribedRecipient {
  std::string scheme;  // "jwe", "pkcs7", "provider:NAME"; of a scheme that is not known its annotation's name
  std::string algorithm;    // how its key was wrapped: "RSA-OAEP"; empty where that is not told
  std::string key_kind;     // "RSA 2048", "P-256"; empty where that is not told
  std::string fingerprint;  // jwe: the key id, by default the RFC 7638 thumbprint; pkcs7: "issued by CN=one,
                            // serial 1a2b"; empty: not told
  std::string problem;      // why it is of no use here: "not supported"; mostly empty

  [[nodiscard]] bool is_provider() const;
  // "jwe RSA-OAEP key ab12...", "jwe RSA-OAEP unknown RSA 2048 recipient", "pkcs7 RSA certificate issued by
  // CN=one, serial 1a2b", "key provider demo", "pgp (scheme not supported)".
  [[nodiscard]] std::string text() const;
};

// "RSA 2048" for a key that was wrapped by RSA, whose size is that of the modulus.
[[nodiscard]] std::string rsa_key_kind(ByteView encrypted_key);

}  // namespace imgcrypt

// The secret half of a layer's encryption (the ocicrypt specification's word): what recipients' packets hold.
#pragma once

#include "base/secret_bytes.hpp"
#include "oci/digest.hpp"

#include <string>

namespace imgcrypt {

struct PrivateOptions {
  SecretBytes key;            // 32 bytes, of AES-256-CTR and of the HMAC alike
  Bytes nonce;                // 16 bytes, the first counter block
  std::string source_digest;  // of the blob that was encrypted, as its writer knew it; never to be relied on

  // Fresh key and nonce.
  static PrivateOptions generate(const Digest& source);
  // Takes exact sizes and canonical base64 only. Every failure is the same kIntegrity "layer authentication
  // failed".
  static PrivateOptions parse(const SecretBytes& json);
  // Byte for byte what peers write: 193 bytes with a sha256 digest.
  [[nodiscard]] SecretBytes to_json() const;
};

}  // namespace imgcrypt

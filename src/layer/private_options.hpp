// The secret half of what describes a layer's encryption: what each recipient's packet contains. "Private
// options" is the ocicrypt specification's name for it. Move-only, because of the key.
#pragma once

#include "base/secret_bytes.hpp"
#include "oci/digest.hpp"

#include <string>

namespace imgcrypt {

struct PrivateOptions {
  SecretBytes key;  // 32 bytes, for both AES-256-CTR and HMAC-SHA-256
  Bytes nonce;      // 16 bytes, the first counter block
  // The digest of the plaintext as the writer knew it, or empty. Anybody who may encrypt for a recipient can
  // write any text here: never rely on it.
  std::string source_digest;

  // With a new random key and nonce. Throws kOther if the system has no randomness.
  static PrivateOptions generate(const Digest& source);
  // Accepts only keys and nonces of the exact size, in canonical base64. Every failure is the same kIntegrity
  // "layer authentication failed", so that it tells nothing about the secret. Leaves no copy of the key in
  // memory that is not wiped.
  static PrivateOptions parse(const SecretBytes& json);
  // The same bytes that other programs write; 193 of them with a sha256 digest.
  // REQUIRES: source_digest needs no escapes in JSON.
  [[nodiscard]] SecretBytes to_json() const;
};

}  // namespace imgcrypt

// What a private key can do for the key schemes. PrivateKey does it by OpenSSL, or by an implementation of
// this where the private half stays elsewhere: in a TPM or a token, or behind a program that asks one.
// Implementations are safe for use by several threads, and outlive every PrivateKey that shares them. What
// they are given comes from whoever made the image.
#pragma once

#include "base/secret_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace imgcrypt {

class PublicKey;

enum class OaepHash { kSha1, kSha256 };  // of the label and of MGF1 alike

// Each of these throws kRefused (kNoKey, if a program says so) when the key is not for this operation, which
// others may still be; kUsage when the user must do something first, e.g. give another PIN; kProvider when
// the device or its program fails; kCancelled.
class PrivateOperations {
 public:
  PrivateOperations() = default;
  virtual ~PrivateOperations() = default;
  PrivateOperations(const PrivateOperations&) = delete;
  PrivateOperations& operator=(const PrivateOperations&) = delete;

  // RFC 8017 section 7.1.2. nullopt when the ciphertext is not for this key, has another label or is damaged;
  // which of them must not be told. REQUIRES: an RSA key.
  [[nodiscard]] virtual std::optional<SecretBytes> decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                                std::string_view label) const = 0;
  // RFC 8017 section 7.2.2. Always `size` bytes: the message when the ciphertext holds one of exactly that
  // length, else random ones. It never throws because of the padding or the length: either would let whoever
  // made the ciphertext decrypt with our verdicts (Bleichenbacher 1998). unpad_pkcs1 and message_or_random do
  // this (rsa_padding.hpp). REQUIRES: an RSA key.
  [[nodiscard]] virtual SecretBytes decrypt_pkcs1(ByteView ciphertext, std::size_t size) const = 0;
  // The x coordinate of the shared point, as long as the field (SEC 1 section 3.3.1). REQUIRES: an EC key on
  // the peer's curve.
  [[nodiscard]] virtual SecretBytes agree(const PublicKey& peer) const = 0;
};

}  // namespace imgcrypt

// The algorithms that the scheme `pkcs7` reads for the content and for its key. Everything else is refused
// before any cryptography. For the sources of this folder. Immutable values, safe for use by several threads.
#pragma once

#include "crypto/cbc.hpp"
#include "keys/key.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"

#include <optional>
#include <string_view>

namespace imgcrypt {

// How the private options are encrypted with the content key.
class ContentCipher {
 public:
  // Throws kRefused for other algorithms, and for parameters that Go's pkcs7 libraries do not accept either.
  static ContentCipher from(const AlgorithmId& algorithm);

  // False for CBC: whoever can change the packet can change the plaintext. The caller asks for leave first.
  [[nodiscard]] bool is_authenticated() const noexcept { return !block_cipher_; }
  [[nodiscard]] std::size_t key_size() const noexcept { return key_size_; }  // bytes
  // nullopt: the key is wrong or the content is damaged. REQUIRES: the key has key_size() bytes.
  [[nodiscard]] std::optional<SecretBytes> open(const SecretBytes& key, ByteView content) const;

 private:
  ContentCipher(std::size_t key_size, Bytes nonce, std::optional<BlockCipher> block_cipher)
      : key_size_(key_size), nonce_(std::move(nonce)), block_cipher_(block_cipher) {}

  std::size_t key_size_;
  Bytes nonce_;
  std::optional<BlockCipher> block_cipher_;  // nullopt: AES-GCM
};

// How the content key is encrypted for one recipient (RFC 5652 section 6.2.1).
class KeyTransport {
 public:
  // nullopt: not supported.
  static std::optional<KeyTransport> from(const AlgorithmId& algorithm);

  // RFC 8017's name for it.
  [[nodiscard]] std::string_view name() const noexcept { return oaep_ ? "RSAES-OAEP" : "RSAES-PKCS1-v1_5"; }
  // Always `size` bytes, random ones unless the encrypted key holds exactly that many: so a wrong padding and
  // a wrong key fail alike and in the same place (RFC 3218). REQUIRES: the key is RSA.
  [[nodiscard]] SecretBytes decrypt(const PrivateKey& key, ByteView encrypted_key, std::size_t size) const;

 private:
  explicit KeyTransport(std::optional<OaepHash> oaep) : oaep_(oaep) {}

  std::optional<OaepHash> oaep_;  // nullopt: RSAES-PKCS1-v1_5
};

// What we write.
[[nodiscard]] AlgorithmId aes_128_gcm(ByteView nonce);
[[nodiscard]] AlgorithmId rsa_pkcs1();

}  // namespace imgcrypt

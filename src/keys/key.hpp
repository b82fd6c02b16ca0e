// RSA and EC keys (P-256, P-384, P-521), with separate types for the public and the private half. Used by the
// key schemes. Immutable; copies share one OpenSSL key; safe for use by several threads. Where nothing else
// is said, OpenSSL's own failures throw kOther.
#pragma once

#include "keys/private_operations.hpp"

#include <memory>
#include <string>

struct evp_pkey_st;

namespace imgcrypt {

// Decides which schemes and algorithms a key serves: PKCS7 is for RSA alone, JWE for both.
enum class KeyKind { kRsa, kEc };

// Affine coordinates, each as long as the curve's field (RFC 7518 section 6.2.1).
struct EcPoint {
  std::string curve;  // "P-256", "P-384" or "P-521"
  Bytes x;
  Bytes y;
};

class PublicKey {
 public:
  // Takes over the reference, also when it throws. Throws kRefused for other algorithms and curves, and for
  // RSA outside 2048 to 16384 bits or whose public exponent is even or 1 (RFC 8017 section 3.1).
  explicit PublicKey(evp_pkey_st* owned);
  // Throws kRefused for another curve, kIntegrity for a point that is not on its curve.
  static PublicKey from_point(const EcPoint& point);

  [[nodiscard]] KeyKind kind() const noexcept { return kind_; }
  [[nodiscard]] int bits() const noexcept;                  // of the modulus or the field
  [[nodiscard]] std::size_t modulus_size() const noexcept;  // bytes. REQUIRES: kind() is kRsa
  [[nodiscard]] const std::string& curve() const noexcept { return curve_; }  // empty for RSA
  [[nodiscard]] EcPoint point() const;                                        // REQUIRES: kind() is kEc
  // RFC 7638: base64url of the SHA-256 of the key's JWK, 43 characters. The same for a key whatever file it
  // comes from, so it serves as the key id in packets and messages.
  [[nodiscard]] std::string thumbprint() const;
  // "2048-bit RSA key ab12...", "P-256 key ab12...".
  // For messages; the thumbprint is whole.
  [[nodiscard]] std::string description() const;
  // Whether the keys are mathematically equal, wherever they come from.
  [[nodiscard]] bool same_as(const PublicKey& other) const;

  [[nodiscard]] std::string to_pem() const;  // SubjectPublicKeyInfo (RFC 5280)

  // RFC 8017 section 7.1. REQUIRES: kind() is kRsa and the message fits.
  [[nodiscard]] Bytes encrypt_oaep(ByteView message, OaepHash hash, std::string_view label = {}) const;
  // RFC 8017 section 7.2. Only for PKCS7, whose readers know nothing else: whoever decrypts must not reveal
  // whether the padding was right. REQUIRES: kind() is kRsa and the message fits.
  [[nodiscard]] Bytes encrypt_pkcs1(ByteView message) const;

 private:
  friend class PrivateKey;
  // Never changed after it was made, so threads may share it.
  std::shared_ptr<evp_pkey_st> key_;
  KeyKind kind_;
  std::string curve_;
};

class PrivateKey {
 public:
  // As PublicKey's. REQUIRES: it has its private half.
  explicit PrivateKey(evp_pkey_st* owned) : public_(owned) {}
  // A key whose private half stays elsewhere, e.g. in a TPM: its operations then also throw what `operations`
  // throws. REQUIRES: `operations` is not null and belongs to this public half.
  PrivateKey(PublicKey public_half, std::shared_ptr<const PrivateOperations> operations)
      : public_(std::move(public_half)), elsewhere_(std::move(operations)) {}
  // Throws kRefused for another curve.
  // For ephemeral keys and for `imgcrypt key generate`; takes no noticeable time.
  static PrivateKey generate_ec(const std::string& curve);
  // Large ones take minutes, so it can be cancelled: throws kCancelled. REQUIRES: 2048 to 16384 bits.
  static PrivateKey generate_rsa(int bits);

  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_; }
  // Reading a key does not do it, as it takes about as long as opening a packet. Throws kRefused when the two
  // halves do not belong together, so that what is encrypted with the public one cannot be opened. Of a key
  // elsewhere it is one operation there.
  void check_halves() const;
  // PKCS#8 (RFC 5208); encrypted by PBES2 (RFC 8018) with AES-256-CBC unless the passphrase is null.
  // Throws as check_passphrase; kRefused for a key that stays elsewhere.
  [[nodiscard]] SecretBytes to_pem(const SecretBytes* passphrase) const;

  // The message; nullopt when the ciphertext is not for this key, or has another label. REQUIRES:
  // public_key().kind() is kRsa.
  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                        std::string_view label = {}) const;
  // Always `size` bytes: the message when the ciphertext holds one of exactly that length, else random ones;
  // time does not tell which (RFC 8017 section 7.2.2). REQUIRES: public_key().kind() is kRsa.
  [[nodiscard]] SecretBytes decrypt_pkcs1(ByteView ciphertext, std::size_t size) const;
  // The x coordinate of the shared point, as long as the field (SEC 1 section 3.3.1). REQUIRES: same curve.
  [[nodiscard]] SecretBytes agree(const PublicKey& peer) const;

 private:
  // Its OpenSSL key has both halves, unless the private one is elsewhere; PublicKey uses only the public one.
  PublicKey public_;
  std::shared_ptr<const PrivateOperations> elsewhere_;  // null: OpenSSL's
};

}  // namespace imgcrypt

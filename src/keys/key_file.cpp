#include "keys/key_file.hpp"

#include "crypto/openssl.hpp"
#include "keys/certificate.hpp"
#include "keys/foreign_key.hpp"
#include "keys/key_derivation.hpp"
#include "keys/key_file_format.hpp"
#include "keys/named_file.hpp"
#include "keys/openssl_keys.hpp"
#include "keys/passphrase.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

namespace imgcrypt {
namespace {

[[noreturn]] void fail_without_passphrase() {
  throw Error(ErrorCode::kUsage, "missing passphrase: the private key is encrypted",
              "add :file=PASSPHRASEFILE, :fd=N, :env=VARIABLE or :prompt after the key's file name");
}

// Told by the errors that OpenSSL left. Since OpenSSL 3 old ciphers such as DES are in the provider `legacy`,
// which is not loaded: without this their keys would seem to have a wrong passphrase, whatever is tried.
bool lacks_cipher() {
  bool lacks = false;
  while (const unsigned long error = ERR_get_error()) {
    const int reason = ERR_GET_REASON(error);
    lacks = lacks || (ERR_GET_LIB(error) == ERR_LIB_EVP && reason == ERR_R_UNSUPPORTED) ||
            (ERR_GET_LIB(error) == ERR_LIB_PEM && reason == PEM_R_UNSUPPORTED_ENCRYPTION);
  }
  return lacks;
}

[[noreturn]] void fail_with_public_key() {
  throw Error(ErrorCode::kUsage, "a public key was given where a private key is needed",
              "give the private half; the public half only encrypts");
}

[[noreturn]] void fail_with_private_key() {
  throw Error(ErrorCode::kUsage, "a private key was given where a public key is needed",
              "make the public half: imgcrypt key public PRIVATE >PUBLIC");
}

[[noreturn]] void fail_without_private_key() {
  throw Error(ErrorCode::kUsage, "not a private key", "give a private key in PEM, DER or as a JWK");
}

[[noreturn]] void fail_without_public_key(bool has_certificate) {
  if (!has_certificate)
    throw Error(ErrorCode::kUsage, "not a public key", "give a public key in PEM, DER or as a JWK");
  throw Error(ErrorCode::kUsage, "a certificate was given where a public key is needed",
              "take its key: openssl x509 -in CERTIFICATE -noout -pubkey >PUBLIC");
}

[[noreturn]] void fail_with_certificate() {
  throw Error(ErrorCode::kUsage, "a certificate was given where a private key is needed",
              "give the private key that belongs to the certificate");
}

// Always passed, also without a passphrase: OpenSSL's own callback would ask for one on the terminal.
int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto* secret = static_cast<const SecretBytes*>(passphrase);
  if (secret == nullptr || secret->size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, secret->expose().data(), secret->size());
  return static_cast<int>(secret->size());
}

openssl::Bio memory(ByteView bytes) {
  return openssl::Bio(
      openssl::check(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), "BIO_new_mem_buf"));
}

// A private key that is encrypted, and by what: its PKCS#8, or the headers of its PEM.
struct LockedKey {
  enum class Lock { kPkcs8, kPemHeaders } lock;
  SecretBytes file;  // DER, or a PEM block
};

// The first private key of a PEM file is the one that is used: a later one that happens to be readable is
// never taken instead.
std::optional<LockedKey> find_locked_key(ByteView file) {
  if (is_encrypted_der(file) && is_der(file))
    return LockedKey{LockedKey::Lock::kPkcs8, SecretBytes::copy_of(file)};
  if (is_der(file) || looks_like_jwk(as_text(file))) return std::nullopt;
  auto blocks = split_pem(as_text(file));
  const auto key =
      std::ranges::find_if(blocks, [](const PemBlock& block) { return is_private_label(block.label); });
  if (key == blocks.end() || !is_encrypted(*key)) return std::nullopt;
  if (key->is_encrypted)
    return LockedKey{LockedKey::Lock::kPemHeaders, SecretBytes::copy_of(as_bytes(key->text))};
  return LockedKey{LockedKey::Lock::kPkcs8, std::move(key->der)};
}

// nullopt: not with this passphrase.
std::optional<PrivateKey> unlock(const LockedKey& locked, const SecretBytes& passphrase) {
  const bool is_pkcs8 = locked.lock == LockedKey::Lock::kPkcs8;
  check_passphrase(passphrase);
  if (is_pkcs8) check_key_derivation(locked.file.expose());
  const openssl::Bio bio = memory(locked.file.expose());
  auto* secret = const_cast<SecretBytes*>(&passphrase);
  EVP_PKEY* key = is_pkcs8 ? d2i_PKCS8PrivateKey_bio(bio.get(), nullptr, give_passphrase, secret)
                           : PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, secret);
  if (key == nullptr && lacks_cipher()) {
    throw Error(ErrorCode::kUsage, "the private key is encrypted with a cipher that OpenSSL does not offer",
                "encrypt it again: openssl pkey -provider default -provider legacy -in KEY -aes256 -out NEW");
  }
  ERR_clear_error();
  return key == nullptr ? std::nullopt : std::optional(PrivateKey(key));
}

// Null if it is not a private key.
EVP_PKEY* decode(ByteView der) {
  EVP_PKEY* key = private_key_from_der(der);
  const std::uint8_t* at = der.data();
  // OpenSSL's general decoder reads every form, but takes a millisecond longer than ours, which reads only
  // the common ones. An EC key without its public half, for one, is left to it.
  if (key == nullptr) key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()));
  ERR_clear_error();
  return key;
}

constexpr const char* kSupported = "RSA and EC keys are supported; openssl pkey shows what a file holds";

PrivateKey parse_private_block(const PemBlock& block) {
  if (EVP_PKEY* key = decode(block.der.expose())) return PrivateKey(key);
  throw Error(ErrorCode::kUsage, "the private key is damaged, or of a kind that is not supported",
              kSupported);
}

PrivateKey parse_private_der(ByteView file) {
  if (EVP_PKEY* key = decode(file)) return PrivateKey(key);
  // Only now, for the message: DER does not say what it is, so it has to be tried.
  if (EVP_PKEY* other = public_key_from_der(file)) {
    EVP_PKEY_free(other);
    fail_with_public_key();
  }
  if (is_certificate(file)) fail_with_certificate();
  fail_without_private_key();
}

PublicKey parse_public_der(ByteView file) {
  if (EVP_PKEY* key = public_key_from_der(file)) return PublicKey(key);
  if (EVP_PKEY* other = private_key_from_der(file)) {
    EVP_PKEY_free(other);
    fail_with_private_key();
  }
  if (is_encrypted_der(file)) fail_with_private_key();
  fail_without_public_key(is_certificate(file));
}

PublicKey parse_public_block(const PemBlock& block) {
  const ByteView der = block.der.expose();
  EVP_PKEY* key =
      block.label == kRsaPublicLabel ? rsa_public_key_from_der(der) : subject_public_key_from_der(der);
  if (key == nullptr) {
    throw Error(ErrorCode::kUsage, "the public key is damaged, or of a kind that is not supported",
                kSupported);
  }
  return PublicKey(key);
}

PrivateKey parse_private_pem(std::string_view text) {
  bool has_public = false;
  bool has_certificate = false;
  // `openssl ecparam -genkey` writes EC PARAMETERS before the key, and bundles begin with certificates: what
  // is not the key is only remembered for the message.
  for (const PemBlock& block : split_pem(text)) {
    if (is_private_label(block.label)) return parse_private_block(block);
    has_public = has_public || is_public_label(block.label);
    has_certificate = has_certificate || is_certificate_label(block.label);
  }
  if (has_certificate) fail_with_certificate();
  if (has_public) fail_with_public_key();
  fail_without_private_key();
}

PublicKey parse_public_pem(std::string_view text) {
  bool has_private = false;
  bool has_certificate = false;
  for (const PemBlock& block : split_pem(text)) {
    if (is_public_label(block.label)) return parse_public_block(block);
    has_private = has_private || is_private_label(block.label);
    has_certificate = has_certificate || is_certificate_label(block.label);
  }
  if (has_private) fail_with_private_key();
  fail_without_public_key(has_certificate);
}

}  // namespace

SecretBytes read_key_file(const std::string& path) {
  return read_secret(open_named_file(path).get(), kMostKeyFileBytes, "its content");
}

bool needs_passphrase(ByteView file) {
  try {
    return find_locked_key(file).has_value();
  } catch (const Error&) {
    return false;  // parsing it says what is wrong
  }
}

std::optional<PrivateKey> unlock_private_key(ByteView file, const SecretBytes& passphrase) {
  return unlock(find_locked_key(file).value(), passphrase);
}

Error wrong_passphrase() {
  return {ErrorCode::kUsage, "wrong passphrase: the private key could not be decrypted",
          "give the passphrase that the key was encrypted with"};
}

PrivateKey parse_private_key(ByteView file, const SecretBytes* passphrase) {
  return parse_or_recognize(file, [&] {
    if (const auto locked = find_locked_key(file)) {
      if (passphrase == nullptr) fail_without_passphrase();
      auto key = unlock(*locked, *passphrase);
      // From a file of Windows, where it belongs to the passphrase for OpenSSL as well.
      if (!key && as_text(passphrase->expose()).ends_with('\r'))
        throw Error(ErrorCode::kUsage, wrong_passphrase().message() + "; it ends with a carriage return",
                    "if that does not belong to it, remove it from the file: tr -d '\\r' <FILE >NEW");
      if (!key) throw wrong_passphrase();
      return *key;
    }
    if (looks_like_jwk(as_text(file))) return parse_private_jwk(as_text(file));
    return is_der(file) ? parse_private_der(file) : parse_private_pem(as_text(file));
  });
}

PublicKey parse_public_key(ByteView file) { return parse_recipient_key(file).key; }

PublicJwk parse_recipient_key(ByteView file) {
  return parse_or_recognize(file, [&] {
    if (looks_like_jwk(as_text(file))) return parse_public_jwk(as_text(file));
    return PublicJwk{is_der(file) ? parse_public_der(file) : parse_public_pem(as_text(file)), {}, {}, {}};
  });
}

}  // namespace imgcrypt

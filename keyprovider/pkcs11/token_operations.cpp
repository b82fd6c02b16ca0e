// What the private keys of a token do.
#include "keyprovider/pkcs11/token.hpp"
#include "keys/oaep.hpp"
#include "keys/rsa_padding.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

// What a token says of a ciphertext that is not for the key; SoftHSM knows no better word than the first.
bool is_refusal(CK_RV status) {
  switch (status) {
    case CKR_GENERAL_ERROR:
    case CKR_FUNCTION_FAILED:
    case CKR_DATA_INVALID:
    case CKR_DATA_LEN_RANGE:
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
      return true;
    default:
      return false;
  }
}

bool is_unknown_mechanism(CK_RV status) {
  return status == CKR_MECHANISM_INVALID || status == CKR_MECHANISM_PARAM_INVALID ||
         status == CKR_ARGUMENTS_BAD;
}

}  // namespace

void Token::confirm_use(CK_OBJECT_HANDLE key) const {
  if (attribute(key, CKA_ALWAYS_AUTHENTICATE) == Bytes{CK_TRUE}) login_.confirm(place(), pin_);
}

void Token::fail_for_use(CK_OBJECT_HANDLE key, const std::string& use, const char* attribute) const {
  throw Error(ErrorCode::kRefused,
              "the key " + describe(key) + " of the token " + label_ + " cannot " + use + ": its attribute " +
                  attribute + " is false",
              "use a key that was made for it, e.g. by pkcs11-tool --usage-decrypt or --usage-derive");
}

Token::Decryption Token::decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, ByteView encrypted) const {
  CK_RV status = module_->C_DecryptInit(session_, &mechanism, key);
  if (is_unknown_mechanism(status)) return {.has_mechanism = false};
  if (status == CKR_KEY_FUNCTION_NOT_PERMITTED) fail_for_use(key, "decrypt", "CKA_DECRYPT");
  check(status, "token " + label_);
  confirm_use(key);
  SecretBytes message(encrypted.size());
  CK_ULONG size = message.size();
  status = module_->C_Decrypt(session_, const_cast<CK_BYTE*>(encrypted.data()), encrypted.size(),
                              message.expose_mutable().data(), &size);
  // Some check the parameters only here.
  if (is_unknown_mechanism(status)) return {.has_mechanism = false};
  if (is_refusal(status)) return {};
  check(status, "token " + label_);
  message.truncate(std::min<std::size_t>(size, message.size()));
  return {.message = std::move(message)};
}

std::optional<SecretBytes> Token::decrypt_oaep(CK_OBJECT_HANDLE key, ByteView encrypted, OaepHash hash,
                                               std::string_view label) const {
  const bool is_sha1 = hash == OaepHash::kSha1;
  CK_RSA_PKCS_OAEP_PARAMS parameters = {
      is_sha1 ? CKM_SHA_1 : CKM_SHA256, is_sha1 ? CKG_MGF1_SHA1 : CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED,
      label.empty() ? nullptr : const_cast<char*>(label.data()), label.size()};
  Decryption by_token = decrypt(key, {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters}, encrypted);
  if (by_token.has_mechanism) return std::move(by_token.message);
  // SoftHSM 2.6 has OAEP with SHA-1 and without a label only; the padding is then ours to remove.
  const Decryption bare = decrypt(key, {CKM_RSA_X_509, nullptr, 0}, encrypted);
  if (!bare.has_mechanism) {
    throw Error(ErrorCode::kProvider, "the token " + label_ + " has neither RSA-OAEP with " +
                                          (is_sha1 ? "SHA-1" : "SHA-256") + " nor bare RSA");
  }
  const bool is_whole = bare.message && bare.message->size() == encrypted.size();
  return is_whole ? remove_oaep(bare.message->expose(), hash, label) : std::nullopt;
}

SecretBytes Token::decrypt_pkcs1(CK_OBJECT_HANDLE key, ByteView encrypted, std::size_t size) const {
  // First, as tokens may tell by their time whether the padding was right.
  const Decryption bare = decrypt(key, {CKM_RSA_X_509, nullptr, 0}, encrypted);
  if (bare.message && bare.message->size() == encrypted.size())
    return unpad_pkcs1(bare.message->expose(), size);
  if (bare.has_mechanism) return message_or_random(std::nullopt, size);
  Decryption by_token = decrypt(key, {CKM_RSA_PKCS, nullptr, 0}, encrypted);
  if (by_token.has_mechanism) return message_or_random(std::move(by_token.message), size);
  throw Error(ErrorCode::kProvider, "the token " + label_ + " has no RSA with PKCS #1 v1.5");
}

SecretBytes Token::agree(CK_OBJECT_HANDLE key, const EcPoint& peer) const {
  Bytes point = {4};  // uncompressed (SEC 1 section 2.3.3)
  point.insert(point.end(), peer.x.begin(), peer.x.end());
  point.insert(point.end(), peer.y.begin(), peer.y.end());
  CK_ECDH1_DERIVE_PARAMS parameters = {CKD_NULL, 0, nullptr, point.size(), point.data()};
  CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
  CK_OBJECT_CLASS type = CKO_SECRET_KEY;
  CK_KEY_TYPE kind = CKK_GENERIC_SECRET;
  CK_ULONG size = peer.x.size();
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  std::array<CK_ATTRIBUTE, 6> secret = {{{CKA_CLASS, &type, sizeof type},
                                         {CKA_KEY_TYPE, &kind, sizeof kind},
                                         {CKA_VALUE_LEN, &size, sizeof size},
                                         {CKA_TOKEN, &no, sizeof no},
                                         {CKA_SENSITIVE, &no, sizeof no},
                                         {CKA_EXTRACTABLE, &yes, sizeof yes}}};
  CK_OBJECT_HANDLE derived = 0;
  const auto derive = [&] {
    return module_->C_DeriveKey(session_, &mechanism, key, secret.data(), secret.size(), &derived);
  };
  CK_RV status = derive();
  // An operation of one step: it can only be confirmed once it was refused.
  if (status == CKR_USER_NOT_LOGGED_IN) {
    confirm_use(key);
    status = derive();
  }
  if (status == CKR_KEY_FUNCTION_NOT_PERMITTED) fail_for_use(key, "agree on a key", "CKA_DERIVE");
  check(status, "token " + label_);
  SecretBytes value(size);
  CK_ATTRIBUTE wanted = {CKA_VALUE, value.expose_mutable().data(), value.size()};
  const CK_RV read = module_->C_GetAttributeValue(session_, derived, &wanted, 1);
  (void)module_->C_DestroyObject(session_, derived);
  check(read, "token " + label_);
  if (wanted.ulValueLen != value.size())
    throw Error(ErrorCode::kProvider, "the token " + label_ + " agreed on a key of the wrong length");
  return value;
}

}  // namespace imgcrypt::keyprovider::pkcs11

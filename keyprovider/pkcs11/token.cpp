#include "keyprovider/pkcs11/token.hpp"

#include "base/cancel.hpp"
#include "base/text/encoding.hpp"
#include "base/text/short_list.hpp"
#include "keys/key_file.hpp"
#include "keys/oaep.hpp"

#include <p11-kit/p11-kit.h>

#include <algorithm>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr std::size_t kMostFound = 16;
constexpr std::size_t kMostAttributeBytes = 4096;

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

std::string noun_of(CK_OBJECT_CLASS type) { return type == CKO_PUBLIC_KEY ? "public key" : "private key"; }

}  // namespace

void check(CK_RV status, const std::string& what) {
  if (status == CKR_OK) return;
  throw_if_cancelled();
  throw Error(ErrorCode::kProvider, what + ": " + ::p11_kit_strerror(status));
}

Token::Token(CK_FUNCTION_LIST* module, CK_SLOT_ID slot, std::string label, Login& login)
    : module_(module), slot_(slot), label_(std::move(label)), login_(login) {
  check(module_->C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session_), "token " + label_);
}

Token::~Token() {
  (void)module_->C_Logout(session_);
  (void)module_->C_CloseSession(session_);
  login_.forget();
}

void Token::log_in(const SecretBytes* pin) { login_.ensure({module_, slot_, session_, label_}, pin); }

std::vector<CK_OBJECT_HANDLE> Token::search(std::vector<CK_ATTRIBUTE> attributes) const {
  check(module_->C_FindObjectsInit(session_, attributes.data(), attributes.size()), "token " + label_);
  std::vector<CK_OBJECT_HANDLE> found(kMostFound);
  CK_ULONG count = 0;
  const CK_RV status = module_->C_FindObjects(session_, found.data(), found.size(), &count);
  (void)module_->C_FindObjectsFinal(session_);
  check(status, "token " + label_);
  found.resize(count);
  return found;
}

CK_OBJECT_HANDLE Token::find(CK_OBJECT_CLASS type, const Uri& uri) const {
  std::vector<CK_ATTRIBUTE> attributes = {{CKA_CLASS, &type, sizeof type}};
  const std::vector<CK_ATTRIBUTE> any = attributes;
  for (const CK_ATTRIBUTE_TYPE name : {CKA_ID, CKA_LABEL}) {
    if (const CK_ATTRIBUTE* wanted = uri.attribute(name)) attributes.push_back(*wanted);
  }
  const auto found = search(attributes);
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const CK_OBJECT_HANDLE object : found.empty() ? search(any) : found) names.push_back(describe(object));
  if (!found.empty()) {
    throw Error(ErrorCode::kUsage,
                "several " + noun_of(type) + "s of the token " + label_ + " fit: " + short_list(names),
                "give both object and id");
  }
  throw Error(
      ErrorCode::kUsage,
      "the token " + label_ + " has no such " + noun_of(type) +
          (names.empty() ? "" : "; it has " + short_list(names)),
      names.empty() && type == CKO_PUBLIC_KEY
          ? "a token may show its public keys only after a login, or have only private ones: give the "
            "public key as a file"
          : "");
}

Bytes Token::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
  Bytes value(kMostAttributeBytes);
  CK_ATTRIBUTE wanted = {type, value.data(), value.size()};
  if (module_->C_GetAttributeValue(session_, object, &wanted, 1) != CKR_OK) return {};
  value.resize(std::min<std::size_t>(wanted.ulValueLen, value.size()));
  return value;
}

std::string Token::describe(CK_OBJECT_HANDLE object) const {
  std::string text = "object=" + printable(std::string(as_text(attribute(object, CKA_LABEL))));
  const Bytes id = attribute(object, CKA_ID);
  if (!id.empty()) text += ";id=";
  for (const std::uint8_t byte : id) text += "%" + encode_hex(ByteView(&byte, 1));
  return text;
}

PublicKey Token::public_key(CK_OBJECT_HANDLE key) const {
  const Bytes modulus = attribute(key, CKA_MODULUS);
  const Bytes exponent = attribute(key, CKA_PUBLIC_EXPONENT);
  if (modulus.empty() || exponent.empty())
    throw Error(ErrorCode::kUsage,
                "the key " + describe(key) + " of the token " + label_ + " is not an RSA key");
  const std::string jwk = R"({"kty":"RSA","n":")" + encode_base64(modulus, Base64::kUrl) + R"(","e":")" +
                          encode_base64(exponent, Base64::kUrl) + R"("})";
  return parse_public_key(as_bytes(jwk));
}

std::optional<SecretBytes> Token::decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism,
                                          ByteView encrypted) const {
  CK_RV status = module_->C_DecryptInit(session_, &mechanism, key);
  if (is_unknown_mechanism(status)) return std::nullopt;
  if (status == CKR_KEY_FUNCTION_NOT_PERMITTED || status == CKR_KEY_TYPE_INCONSISTENT) {
    throw Error(ErrorCode::kUsage,
                "the key " + describe(key) + " of the token " + label_ +
                    " cannot decrypt: its attribute CKA_DECRYPT is false",
                "use a key that was made for it, e.g. by pkcs11-tool --usage-decrypt");
  }
  check(status, "token " + label_);
  SecretBytes message(encrypted.size());
  CK_ULONG size = message.size();
  status = module_->C_Decrypt(session_, const_cast<CK_BYTE*>(encrypted.data()), encrypted.size(),
                              message.expose_mutable().data(), &size);
  // Some check the parameters only here, and then the operation goes on.
  if (is_unknown_mechanism(status)) return std::nullopt;
  if (is_refusal(status)) return SecretBytes();
  check(status, "token " + label_);
  message.truncate(std::min<std::size_t>(size, message.size()));
  return message;
}

std::optional<SecretBytes> Token::decrypt_oaep(CK_OBJECT_HANDLE key, ByteView encrypted,
                                               OaepHash hash) const {
  const bool is_sha1 = hash == OaepHash::kSha1;
  CK_RSA_PKCS_OAEP_PARAMS parameters = {is_sha1 ? CKM_SHA_1 : CKM_SHA256,
                                        is_sha1 ? CKG_MGF1_SHA1 : CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED,
                                        nullptr, 0};
  auto message = decrypt(key, {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters}, encrypted);
  if (message) return message->size() == 0 ? std::nullopt : std::move(message);
  // SoftHSM 2.6 has OAEP with SHA-1 only; the padding is then ours to remove.
  const auto encoded = decrypt(key, {CKM_RSA_X_509, nullptr, 0}, encrypted);
  if (!encoded) {
    throw Error(ErrorCode::kProvider, "the token " + label_ + " has neither RSA-OAEP with " +
                                          (is_sha1 ? "SHA-1" : "SHA-256") + " nor bare RSA");
  }
  return encoded->size() == encrypted.size() ? remove_oaep(encoded->expose(), hash) : std::nullopt;
}

}  // namespace imgcrypt::keyprovider::pkcs11

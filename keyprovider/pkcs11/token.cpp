#include "keyprovider/pkcs11/token.hpp"

#include "base/cancel.hpp"
#include "base/text/encoding.hpp"
#include "base/text/short_list.hpp"
#include "keyprovider/pkcs11/public_attributes.hpp"
#include "keys/certificate.hpp"

#include <p11-kit/p11-kit.h>

#include <algorithm>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr std::size_t kMostFound = 16;
constexpr std::size_t kMostAttributeBytes = 4096;

std::string noun_of(CK_OBJECT_CLASS type) { return type == CKO_PUBLIC_KEY ? "public key" : "private key"; }

// A query for what the URI names.
std::vector<CK_ATTRIBUTE> with_names_of(const Uri& uri, std::vector<CK_ATTRIBUTE> attributes) {
  for (const CK_ATTRIBUTE_TYPE name : {CKA_ID, CKA_LABEL}) {
    if (const CK_ATTRIBUTE* wanted = uri.attribute(name)) attributes.push_back(*wanted);
  }
  return attributes;
}

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

void Token::log_in(const SecretBytes* pin) {
  pin_ = pin;
  login_.ensure(place(), pin);
}

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
  const std::vector<CK_ATTRIBUTE> any = {{CKA_CLASS, &type, sizeof type}};
  const auto found = search(with_names_of(uri, any));
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const CK_OBJECT_HANDLE object : found.empty() ? search(any) : found) names.push_back(describe(object));
  std::ranges::sort(names);  // tokens list in any order
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
  if (auto rsa = rsa_key_of(attribute(key, CKA_MODULUS), attribute(key, CKA_PUBLIC_EXPONENT)))
    return std::move(*rsa);
  if (auto ec = ec_key_of(attribute(key, CKA_EC_PARAMS), attribute(key, CKA_EC_POINT))) return std::move(*ec);
  throw Error(ErrorCode::kUsage,
              "the key " + describe(key) + " of the token " + label_ + " is not RSA, P-256, P-384 or P-521");
}

PublicKey Token::public_half(CK_OBJECT_HANDLE key, const Uri& uri) const {
  if (auto rsa = rsa_key_of(attribute(key, CKA_MODULUS), attribute(key, CKA_PUBLIC_EXPONENT)))
    return std::move(*rsa);
  if (auto ec = ec_key_of(attribute(key, CKA_EC_PARAMS), attribute(key, CKA_EC_POINT))) return std::move(*ec);
  if (const auto object = beside(key, CKO_PUBLIC_KEY, uri)) return public_key(*object);
  if (const auto object = beside(key, CKO_CERTIFICATE, uri))
    return Certificate::parse(attribute(*object, CKA_VALUE)).public_key();
  throw Error(ErrorCode::kUsage,
              "the token " + label_ + " has neither the public key nor a certificate of the EC key " +
                  describe(key) + ", without which it cannot be used",
              "add its public key: pkcs11-tool --login --write-object PUBLICKEY --type pubkey --id ID");
}

std::optional<CK_OBJECT_HANDLE> Token::beside(CK_OBJECT_HANDLE key, CK_OBJECT_CLASS type,
                                              const Uri& uri) const {
  const CK_ATTRIBUTE of_type = {CKA_CLASS, &type, sizeof type};
  const auto named = search(with_names_of(uri, {of_type}));
  if (named.size() == 1) return named.front();
  Bytes id = attribute(key, CKA_ID);
  if (id.empty()) return std::nullopt;
  const auto of_id = search({of_type, {CKA_ID, id.data(), id.size()}});
  return of_id.size() == 1 ? std::optional(of_id.front()) : std::nullopt;
}

}  // namespace imgcrypt::keyprovider::pkcs11

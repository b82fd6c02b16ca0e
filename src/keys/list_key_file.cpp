#include "keys/list_key_file.hpp"

#include "crypto/openssl.hpp"
#include "keys/foreign_key.hpp"
#include "keys/key_file.hpp"
#include "keys/key_file_format.hpp"
#include "keys/openssl_keys.hpp"
#include "keys/pem.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr const char* kPem = "PEM";
constexpr const char* kDer = "DER";

struct Form {
  std::string_view label;
  KeyItemKind kind;
  const char* name;
};

constexpr std::array kForms = {Form{"PRIVATE KEY", KeyItemKind::kPrivateKey, "PKCS#8"},
                               Form{"ENCRYPTED PRIVATE KEY", KeyItemKind::kPrivateKey, "PKCS#8"},
                               Form{"RSA PRIVATE KEY", KeyItemKind::kPrivateKey, "PKCS#1"},
                               Form{"EC PRIVATE KEY", KeyItemKind::kPrivateKey, "SEC 1"},
                               Form{"PUBLIC KEY", KeyItemKind::kPublicKey, "SubjectPublicKeyInfo"},
                               Form{"RSA PUBLIC KEY", KeyItemKind::kPublicKey, "PKCS#1"}};

KeyItem certificate_item(ByteView file, const char* container) {
  return {KeyItemKind::kCertificate, "X.509", container,
          PublicJwk{Certificate::parse(file).public_key(), {}, {}, {}}, describe_certificate(file)};
}

KeyItem private_item(ByteView file, const SecretBytes* passphrase, bool is_encrypted, const std::string& form,
                     const char* container) {
  KeyItem item{KeyItemKind::kPrivateKey, form, container, {}, {}, is_encrypted};
  if (is_encrypted && passphrase == nullptr) {
    item.kind = KeyItemKind::kLockedPrivateKey;
  } else {
    const PrivateKey key = parse_private_key(file, passphrase);
    key.check_halves();
    item.key = PublicJwk{key.public_key(), {}, {}, {}};
  }
  return item;
}

std::optional<KeyItem> item_of(const PemBlock& block, const SecretBytes* passphrase) {
  const ByteView text = as_bytes(block.text);
  if (is_certificate_label(block.label)) return certificate_item(text, kPem);
  const auto form = std::ranges::find(kForms, block.label, &Form::label);
  // E.g. EC PARAMETERS, which say nothing that the key does not.
  if (form == kForms.end()) return std::nullopt;
  if (form->kind == KeyItemKind::kPublicKey)
    return KeyItem{form->kind, form->name, kPem, parse_recipient_key(text), {}};
  return private_item(text, passphrase, is_encrypted(block), form->name, kPem);
}

KeyItem useless_item(const PemBlock& block, const Error& error) {
  const auto form = std::ranges::find(kForms, block.label, &Form::label);
  const bool is_certificate = form == kForms.end();
  KeyItem item{is_certificate ? KeyItemKind::kCertificate : form->kind,
               is_certificate ? "X.509" : form->name,
               kPem,
               {},
               {}};
  item.fault = error.message();
  return item;
}

// One of several that cannot be used, such as the root of a chain, must not hide the others.
std::vector<KeyItem> list_pem(ByteView file, const SecretBytes* passphrase) {
  std::vector<KeyItem> items;
  std::optional<Error> failure;
  for (const PemBlock& block : split_pem(as_text(file))) {
    try {
      if (auto item = item_of(block, passphrase)) items.push_back(std::move(*item));
    } catch (const Error& error) {
      if (is_private_label(block.label) && passphrase != nullptr) throw;  // which is mostly the wrong one
      if (!failure) failure = error;
      items.push_back(useless_item(block, error));
    }
  }
  const bool is_of_use = std::ranges::any_of(items, [](const KeyItem& item) { return item.fault.empty(); });
  if (failure && !is_of_use) throw Error(*failure);
  return items;
}

KeyItem der_item(ByteView file, const SecretBytes* passphrase) {
  if (is_certificate(file)) return certificate_item(file, kDer);
  if (is_encrypted_der(file)) return private_item(file, passphrase, true, "PKCS#8", kDer);
  const openssl::Key public_key(public_key_from_der(file));
  if (!public_key) return private_item(file, passphrase, false, form_of_private_der(file), kDer);
  return {KeyItemKind::kPublicKey, form_of_public_der(file), kDer, parse_recipient_key(file), {}};
}

KeyItem jwk_item(std::string_view file) {
  const bool is_private = is_private_jwk(file);
  // The public half alone would hide that the private one is damaged.
  if (is_private) parse_private_jwk(file).check_halves();
  return {is_private ? KeyItemKind::kPrivateKey : KeyItemKind::kPublicKey,
          "JWK",
          "JSON",
          public_half_of_jwk(file),
          {}};
}

std::vector<KeyItem> list_items(ByteView file, const SecretBytes* passphrase) {
  if (looks_like_jwk(as_text(file))) return {jwk_item(as_text(file))};
  if (is_der(file)) return {der_item(file, passphrase)};
  return list_pem(file, passphrase);
}

}  // namespace

std::size_t count_keys(ByteView file) {
  if (looks_like_jwk(as_text(file)) || is_der(file)) return 1;
  const auto blocks = split_pem(as_text(file));
  return static_cast<std::size_t>(std::ranges::count_if(blocks, [](const PemBlock& block) {
    return std::ranges::find(kForms, block.label, &Form::label) != kForms.end();
  }));
}

std::vector<KeyItem> list_key_file(ByteView file, const SecretBytes* passphrase) {
  return parse_or_recognize(file, [&] {
    auto items = list_items(file, passphrase);
    if (!items.empty()) return items;
    throw Error(ErrorCode::kUsage, "neither a key nor a certificate", "give one in PEM, DER or as a JWK");
  });
}

}  // namespace imgcrypt

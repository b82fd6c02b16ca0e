#include "keyprovider/pkcs11/key_list.hpp"

#include "base/text/json.hpp"
#include "keyprovider/pkcs11/module_rules.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

std::string member(std::string_view name, const std::string& value) {
  return quote_json(name) + ":" + quote_json(value);
}

}  // namespace

std::string list_key_file(Tokens& tokens, const std::string& file) {
  const TokenKey key = read_token_key(file);
  std::string module = key.uri.module_path().empty() ? key.uri.module_name() : key.uri.module_path();
  std::string kind;
  std::string fingerprint;
  std::string fault;
  try {
    module = find_module(key.uri, read_module_rules());
    Token& token = tokens.open(key);
    const PublicKey found = token.public_key(token.find(CKO_PUBLIC_KEY, key.uri));
    kind = found.kind() == KeyKind::kRsa ? "RSA " + std::to_string(found.bits()) : found.curve();
    fingerprint = found.thumbprint();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    fault = keyprovider::describe(error);
  }
  return "[{" + member("uri", key.uri.name()) + "," + member("module", module) + "," + member("kind", kind) +
         "," + member("fingerprint", fingerprint) + "," + member("fault", fault) + "}]\n";
}

std::string public_text_of(Tokens& tokens, const std::string& file) {
  const TokenKey key = read_token_key(file);
  try {
    Token& token = tokens.open(key);
    if (const auto pin = key.uri.pin()) token.log_in(&*pin);
    return token.public_key(token.find(CKO_PUBLIC_KEY, key.uri)).to_pem();
  } catch (const Error& error) {
    throw error.in(key.name);
  }
}

}  // namespace imgcrypt::keyprovider::pkcs11

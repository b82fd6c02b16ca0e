#include "keyprovider/pkcs11/recipients.hpp"

#include "base/cancel_hold.hpp"
#include "base/text/spelling.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/pkcs11/yaml_scalars.hpp"
#include "keys/certificate.hpp"
#include "keys/key_file.hpp"
#include "keywrap/pkcs11/token_key_file.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <cstdlib>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

// RFC 8017 section 7.1.1.
std::size_t room_of(const PublicKey& key, OaepHash hash) {
  const std::size_t hash_size = hash == OaepHash::kSha1 ? 20 : 32;
  return key.modulus_size() - 2 * hash_size - 2;
}

PublicKey token_key(Tokens& tokens, const TokenKey& key) {
  try {
    const auto pin = key.uri.pin();
    const CancelHold hold;
    Token& token = tokens.open(key);
    if (pin) token.log_in(&*pin);
    PublicKey found = token.public_key(token.find(CKO_PUBLIC_KEY, key.uri));
    if (found.kind() == KeyKind::kRsa) return found;
    throw Error(ErrorCode::kUsage, "PKCS#11 packets are for RSA keys only",
                "imgcrypt key public KEYFILE >KEY.pub, and jwe:KEY.pub; -k KEYFILE opens it");
  } catch (const Error& error) {
    throw error.in(key.name);
  }
}

PublicKey file_key(ByteView content, const std::string& file) {
  try {
    const bool is_certificate = as_text(content).find("BEGIN CERTIFICATE-----") != std::string_view::npos;
    PublicKey key = is_certificate ? Certificate::parse(content).public_key() : parse_public_key(content);
    if (key.kind() == KeyKind::kRsa) return key;
    throw Error(ErrorCode::kUsage, "PKCS#11 packets are for RSA keys only", "write jwe:" + file);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, file + ": " + error.message(), error.hint());
  }
}

}  // namespace

PublicKey recipient_key(Tokens& tokens, const std::string& parameter) {
  if (is_token_uri(parameter)) return token_key(tokens, read_token_key(parameter));
  const SecretBytes content = read_named_file(parameter);
  if (is_token_key_file(as_text(content.expose())))
    return token_key(tokens, parse_token_key(content.expose(), parameter));
  return file_key(content.expose(), parameter);
}

OaepHash oaep_hash() {
  const char* const value = std::getenv("OCICRYPT_OAEP_HASHALG");
  const std::string name = lower_case(value == nullptr ? "" : value);
  if (name == "sha1") return OaepHash::kSha1;
  if (name.empty() || name == "sha256") return OaepHash::kSha256;
  throw Error(ErrorCode::kUsage, "OCICRYPT_OAEP_HASHALG is " + printable(name),
              "export it as sha1 or sha256");
}

void check_fits(const PublicKey& key, const std::string& name, std::size_t size, OaepHash hash) {
  if (size <= room_of(key, hash)) return;
  const std::string rsa = std::to_string(key.bits()) + "-bit RSA";
  throw Error(
      ErrorCode::kUsage,
      name + ": with " + (hash == OaepHash::kSha1 ? "SHA-1" : "SHA-256") + ", a " + rsa + " key holds " +
          std::to_string(room_of(key, hash)) + " bytes, and what a layer needs has " + std::to_string(size),
      size <= room_of(key, OaepHash::kSha1)
          ? "export OCICRYPT_OAEP_HASHALG=sha1, with which every reader opens it, or use a key of 3072 "
            "bits or more"
          : "use a key of 3072 bits or more");
}

}  // namespace imgcrypt::keyprovider::pkcs11

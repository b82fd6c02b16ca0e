#include "keyprovider/age/ssh_rsa.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/encoding.hpp"
#include "keyprovider/age/point_wrap.hpp"
#include "keyprovider/age/primitives.hpp"
#include "keyprovider/age/ssh_wire.hpp"
#include "keys/openssl_keys.hpp"

#include <array>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kRsaLabel = "age-encryption.org/v1/ssh-rsa";

evp_pkey_st* or_fail(evp_pkey_st* key) {
  if (key == nullptr) fail_ssh_key();
  return key;
}

PublicKey rsa_key_of(ByteView blob) {
  SshReader reader(blob);
  if (as_text(reader.take_string()) != kSshRsa) fail_ssh_key();
  const ByteView exponent = reader.take_integer();
  const ByteView modulus = reader.take_integer();
  reader.expect_end();
  return PublicKey(or_fail(rsa_public_key(modulus, exponent)));
}

void append_integer(ByteView number, Bytes& out) {
  Bytes value;
  if (number[0] >= 0x80) value.push_back(0);
  value.insert(value.end(), number.begin(), number.end());
  append_ssh_string(value, out);
}

Bytes rsa_blob(const RsaNumbers& numbers) {
  Bytes blob;
  append_ssh_string(as_bytes(kSshRsa), blob);
  append_integer(numbers.exponent, blob);
  append_integer(numbers.modulus, blob);
  return blob;
}

PrivateKey private_key_of(const RsaNumbers& numbers) {
  return PrivateKey(or_fail(rsa_private_key(std::array{
      numbers.modulus, numbers.exponent, numbers.private_exponent, numbers.prime1, numbers.prime2})));
}

}  // namespace

SshRsaRecipient::SshRsaRecipient(ByteView blob)
    : blob_(to_bytes(blob)), tag_(ssh_key_tag(blob)), key_(rsa_key_of(blob)) {}

std::string SshRsaRecipient::text() const {
  return std::string(kSshRsa) + " " + encode_base64(blob_, Base64::kStandard);
}

AgeStanza SshRsaRecipient::wrap(const SecretBytes& file_key) const {
  return {std::string(kSshRsa), {tag_}, key_.encrypt_oaep(file_key.expose(), OaepHash::kSha256, kRsaLabel)};
}

SshRsaIdentity::SshRsaIdentity(const RsaNumbers& numbers)
    : recipient_(rsa_blob(numbers)), key_(private_key_of(numbers)) {}

std::optional<SecretBytes> SshRsaIdentity::unwrap(const AgeStanza& stanza) const {
  if (stanza.type != kSshRsa) return std::nullopt;
  if (stanza.arguments.size() != 1) fail_stanza();
  if (stanza.arguments[0] != recipient_.tag_) return std::nullopt;
  auto file_key = key_.decrypt_oaep(stanza.body, OaepHash::kSha256, kRsaLabel);
  // A wrong padding, a wrong length and a wrong MAC of the header must look the same.
  if (!file_key || file_key->size() != kFileKeySize) throw layer_authentication_failed();
  return file_key;
}

}  // namespace imgcrypt::keyprovider::age

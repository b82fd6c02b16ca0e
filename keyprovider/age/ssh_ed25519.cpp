#include "keyprovider/age/ssh_ed25519.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/encoding.hpp"
#include "keyprovider/age/point_wrap.hpp"
#include "keyprovider/age/ssh_wire.hpp"

#include <sodium.h>

#include <algorithm>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kEd25519Label = "age-encryption.org/v1/ssh-ed25519";

Point point_of(ByteView blob) {
  SshReader reader(blob);
  if (as_text(reader.take_string()) != kSshEd25519) fail_ssh_key();
  const ByteView key = reader.take_string();
  reader.expect_end();
  if (key.size() != crypto_sign_ed25519_PUBLICKEYBYTES) fail_ssh_key();
  Point point{};
  if (crypto_sign_ed25519_pk_to_curve25519(point.data(), key.data()) != 0)
    throw Error(ErrorCode::kUsage, "a public key that has no private key");
  return point;
}

Bytes blob_of(ByteView public_key) {
  Bytes blob;
  append_ssh_string(as_bytes(kSshEd25519), blob);
  append_ssh_string(public_key, blob);
  return blob;
}

// The public half of the seed at the beginning of `secret`.
Bytes public_half(ByteView secret) {
  if (secret.size() != crypto_sign_ed25519_SECRETKEYBYTES) fail_ssh_key();
  Bytes key(crypto_sign_ed25519_PUBLICKEYBYTES);
  SecretBytes whole(crypto_sign_ed25519_SECRETKEYBYTES);
  crypto_sign_ed25519_seed_keypair(key.data(), whole.expose_mutable().data(), secret.data());
  if (!std::ranges::equal(key, secret.subspan(crypto_sign_ed25519_SEEDBYTES))) fail_ssh_key();
  return key;
}

}  // namespace

SshEd25519Recipient::SshEd25519Recipient(ByteView blob)
    : blob_(to_bytes(blob)), tag_(ssh_key_tag(blob)), point_(point_of(blob)) {}

std::string SshEd25519Recipient::text() const {
  return std::string(kSshEd25519) + " " + encode_base64(blob_, Base64::kStandard);
}

SecretBytes SshEd25519Recipient::tweak() const { return hkdf_sha256({}, blob_, kEd25519Label); }

AgeStanza SshEd25519Recipient::wrap(const SecretBytes& file_key) const {
  const SecretBytes factor = tweak();
  WrappedForPoint wrapped = wrap_for_point({kEd25519Label, factor.expose()}, point_, file_key);
  return {std::string(kSshEd25519), {tag_, std::move(wrapped.share)}, std::move(wrapped.body)};
}

SshEd25519Identity::SshEd25519Identity(ByteView secret)
    : recipient_(blob_of(public_half(secret))), scalar_(kPointSize) {
  crypto_sign_ed25519_sk_to_curve25519(scalar_.expose_mutable().data(), secret.data());
}

std::optional<SecretBytes> SshEd25519Identity::unwrap(const AgeStanza& stanza) const {
  if (stanza.type != kSshEd25519) return std::nullopt;
  if (stanza.arguments.size() != 2) fail_stanza();
  if (stanza.arguments[0] != recipient_.tag_) return std::nullopt;
  const SecretBytes factor = recipient_.tweak();
  auto file_key = unwrap_for_point({kEd25519Label, factor.expose()}, scalar_, recipient_.point_,
                                   stanza.arguments[1], stanza.body);
  if (!file_key) throw layer_authentication_failed();
  return file_key;
}

}  // namespace imgcrypt::keyprovider::age

#include "keyprovider/age/point_wrap.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::keyprovider::age {
namespace {

// nullopt for a point of low order.
std::optional<SecretBytes> agree(const PointKind& kind, const SecretBytes& scalar, ByteView point) {
  auto shared = x25519(scalar.expose(), point);
  if (!shared || kind.tweak.empty()) return shared;
  return x25519(kind.tweak, shared->expose());
}

SecretBytes wrapping_key(const PointKind& kind, const SecretBytes& shared, ByteView share,
                         const Point& recipient) {
  Bytes salt = to_bytes(share);
  salt.insert(salt.end(), recipient.begin(), recipient.end());
  return hkdf_sha256(shared.expose(), salt, kind.label);
}

}  // namespace

WrappedForPoint wrap_for_point(const PointKind& kind, const Point& recipient, const SecretBytes& file_key) {
  const SecretBytes ephemeral = random_secret(kPointSize);
  const Point share = public_point(ephemeral.expose());
  const auto shared = agree(kind, ephemeral, recipient);
  if (!shared) throw Error(ErrorCode::kUsage, "a public key that has no private key");
  // Each wrapping key is used once, so the nonce need not differ.
  return {encode_base64(share, Base64::kUnpadded),
          seal(wrapping_key(kind, *shared, share, recipient), Nonce{}, file_key.expose())};
}

std::optional<SecretBytes> unwrap_for_point(const PointKind& kind, const SecretBytes& scalar,
                                            const Point& recipient, std::string_view share, ByteView body) {
  const auto point = decode_base64(share, Base64::kUnpadded);
  // The body's length is checked before it is opened: a longer file key might open for two recipients.
  if (!point || point->size() != kPointSize || body.size() != kFileKeySize + kTagSize) fail_stanza();
  const auto shared = agree(kind, scalar, *point);
  if (!shared) fail_stanza();
  return open(wrapping_key(kind, *shared, *point, recipient), Nonce{}, body);
}

void fail_stanza() { throw Error(ErrorCode::kIntegrity, "a recipient of the age file is malformed"); }

}  // namespace imgcrypt::keyprovider::age

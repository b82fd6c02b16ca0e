#include "keyprovider/age/x25519_key.hpp"

#include "keyprovider/age/bech32.hpp"
#include "keyprovider/age/point_wrap.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr const char* kType = "X25519";
constexpr PointKind kKind = {.label = "age-encryption.org/v1/X25519"};
constexpr std::string_view kPublicPrefix = "age";
constexpr std::string_view kSecretPrefix = "AGE-SECRET-KEY-";

}  // namespace

X25519Recipient X25519Recipient::parse(std::string_view text) {
  const auto bytes = decode_bech32(kPublicPrefix, text);
  if (!bytes || bytes->size() != kPointSize)
    throw Error(ErrorCode::kUsage, "an age public key that was cut or has a typing error");
  // Any scalar will do: the order of the point decides.
  if (!x25519(Point{9}, bytes->expose()))
    throw Error(ErrorCode::kUsage, "a public key that has no private key");
  Point point{};
  std::ranges::copy(bytes->expose(), point.begin());
  return X25519Recipient(point);
}

std::string X25519Recipient::text() const {
  return std::string(as_text(encode_bech32(kPublicPrefix, point_).expose()));
}

AgeStanza X25519Recipient::wrap(const SecretBytes& file_key) const {
  WrappedForPoint wrapped = wrap_for_point(kKind, point_, file_key);
  return {kType, {std::move(wrapped.share)}, std::move(wrapped.body)};
}

X25519Identity::X25519Identity(SecretBytes scalar)
    : scalar_(std::move(scalar)), recipient_(public_point(scalar_.expose())) {}

X25519Identity X25519Identity::generate() { return X25519Identity(random_secret(kPointSize)); }

X25519Identity X25519Identity::parse(std::string_view text) {
  auto bytes = decode_bech32(kSecretPrefix, text);
  if (!bytes || bytes->size() != kPointSize)
    throw Error(ErrorCode::kUsage, "an age secret key that was cut or has a typing error");
  return X25519Identity(std::move(*bytes));
}

SecretBytes X25519Identity::text() const { return encode_bech32(kSecretPrefix, scalar_.expose()); }

std::optional<SecretBytes> X25519Identity::unwrap(const AgeStanza& stanza) const {
  if (stanza.type != kType) return std::nullopt;
  if (stanza.arguments.size() != 1) fail_stanza();
  return unwrap_for_point(kKind, scalar_, recipient_.point_, stanza.arguments.front(), stanza.body);
}

}  // namespace imgcrypt::keyprovider::age

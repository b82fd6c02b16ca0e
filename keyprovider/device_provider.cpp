#include "keyprovider/device_provider.hpp"

#include "keys/key_file.hpp"
#include "keywrap/device/device_protocol.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider {
namespace {

// Each holds a key, and perhaps a session, of the device.
constexpr std::size_t kMostKeys = 64;

bool is_same(const std::optional<SecretBytes>& a, const std::optional<SecretBytes>& b) {
  return a.has_value() == b.has_value() && (!a || equal_constant_time(a->expose(), b->expose()));
}

PublicKey peer_of(const DeviceRequest& request, const PublicKey& own) {
  PublicKey peer = parse_public_key(request.data);
  if (peer.kind() == KeyKind::kEc && peer.curve() == own.curve()) return peer;
  throw Error(ErrorCode::kRefused, "the other key is not on the curve of this one");
}

std::optional<SecretBytes> result_of(const PrivateKey& key, const DeviceRequest& request) {
  const PublicKey& half = key.public_key();
  if (request.operation == DeviceOperation::kDescribe) return SecretBytes::copy_of(as_bytes(half.to_pem()));
  const bool is_for_ec = request.operation == DeviceOperation::kAgree;
  if (is_for_ec != (half.kind() == KeyKind::kEc))
    throw Error(ErrorCode::kRefused, "a key of this kind cannot do that");
  switch (request.operation) {
    case DeviceOperation::kOaepSha1:
      return key.decrypt_oaep(request.data, OaepHash::kSha1, request.label);
    case DeviceOperation::kOaepSha256:
      return key.decrypt_oaep(request.data, OaepHash::kSha256, request.label);
    case DeviceOperation::kPkcs1:
      return key.decrypt_pkcs1(request.data, request.size);
    default:
      return key.agree(peer_of(request, half));
  }
}

}  // namespace

SecretBytes DeviceProvider::use_key(ByteView document) {
  DeviceRequest request = parse_device_request(document);
  if (request.operation == DeviceOperation::kNeedsPassphrase) {
    return format_device_reply(
        needs_passphrase(request.key) ? std::optional(SecretBytes::copy_of(as_bytes("yes"))) : std::nullopt);
  }
  const PrivateKey& key = find(request.key, std::move(request.passphrase));
  return format_device_reply(result_of(key, request));
}

const PrivateKey& DeviceProvider::find(const std::string& name, std::optional<SecretBytes> passphrase) {
  auto found = std::ranges::find_if(opened_, [&](const Opened& opened) {
    return opened.name == name && is_same(opened.passphrase, passphrase);
  });
  if (found == opened_.end()) {
    if (opened_.size() == kMostKeys)
      throw Error(ErrorCode::kRefused, "more than " + std::to_string(kMostKeys) + " keys at a time");
    opened_.push_back({name, std::move(passphrase), std::nullopt, std::nullopt});
    found = std::prev(opened_.end());
    try {
      const auto& given = found->passphrase;
      found->key = open_key(name, given ? &*given : nullptr);
    } catch (const Error& error) {
      found->failure = error;
    }
  }
  if (found->failure) throw Error(*found->failure);
  return *found->key;
}

}  // namespace imgcrypt::keyprovider

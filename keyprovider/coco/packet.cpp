#include "keyprovider/coco/packet.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/random.hpp"
#include "keyprovider/serve.hpp"

namespace imgcrypt::keyprovider::coco {
namespace {

constexpr const char* kWrapType = "A256GCM";
// What a packet of version 2 must say; version 1 has neither of these two members.
constexpr const char* kVersion = "0.1.0";
constexpr const char* kProvider = "kbs";
constexpr JsonLimits kLimits{.size = kMostPacketBytes, .depth = 8, .members = 64, .string = kMostPacketBytes};

std::string string_or(const JsonView& json, std::string_view name, const char* absent) {
  const auto value = json.find(name);
  return value ? value->string() : absent;
}

Bytes bytes_of(const JsonView& json, std::string_view name) {
  auto bytes = decode_base64(json.get(name).string(), Base64::kStandard);
  if (!bytes) throw Error(ErrorCode::kIntegrity, std::string(name) + " is not base64");
  return std::move(*bytes);
}

void refuse_unless(const std::string& value, const std::string& expected, const std::string& what,
                   const std::string& hint) {
  if (value != expected) throw Error(ErrorCode::kRefused, what + " " + value + " is not supported", hint);
}

}  // namespace

std::string format_packet(const Packet& packet) {
  return R"({"kid":)" + quote_json(packet.key_id) + R"(,"wrapped_data":")" +
         encode_base64(packet.wrapped, Base64::kStandard) + R"(","iv":")" +
         encode_base64(packet.nonce, Base64::kStandard) + R"(","wrap_type":")" + kWrapType + R"("})";
}

Packet parse_packet(ByteView packet) {
  check_json(as_text(packet), kLimits);
  const JsonView json(as_text(packet));
  // In the order of what helps: with another service, its version and type mean nothing to us.
  refuse_unless(string_or(json, "provider", kProvider), kProvider, "the key management service",
                "a confidential-data-hub that is configured for it opens the packet");
  refuse_unless(string_or(json, "version", kVersion), kVersion, "packet version", {});
  refuse_unless(json.get("wrap_type").string(), kWrapType, "wrap_type",
                "A256CTR does not authenticate what it wraps");
  Packet parsed{json.get("kid").string(), bytes_of(json, "wrapped_data"), bytes_of(json, "iv")};
  // open() relies on both sizes: it cuts the tag off the end.
  if (parsed.nonce.size() != kGcmNonceSize || parsed.wrapped.size() < kGcmTagSize)
    throw Error(ErrorCode::kIntegrity, "iv or wrapped_data has a wrong size");
  return parsed;
}

Packet seal(const std::string& key_id, const SecretBytes& key, ByteView options) {
  Bytes nonce = random_bytes(kGcmNonceSize);
  // No additional data: the peers pass none. So kid is not authenticated: it only helps to find the key.
  GcmSealed sealed = gcm_seal(key, nonce, {}, options);
  sealed.ciphertext.insert(sealed.ciphertext.end(), sealed.tag.begin(), sealed.tag.end());
  return {key_id, std::move(sealed.ciphertext), std::move(nonce)};
}

SecretBytes open(const Packet& packet, const SecretBytes& key) {
  const ByteView wrapped = packet.wrapped;
  const std::size_t size = wrapped.size() - kGcmTagSize;
  auto options = gcm_open(key, packet.nonce, {}, wrapped.first(size), wrapped.subspan(size));
  // One message for another key and for damage: nobody can tell them apart.
  if (!options) throw Error(ErrorCode::kNoKey, layer_authentication_failed().message());
  return std::move(*options);
}

}  // namespace imgcrypt::keyprovider::coco

#include "layer/public_options.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "crypto/mac.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

constexpr std::string_view kCipher = "AES_256_CTR_HMAC_SHA256";
// Ours have 109 bytes; others may add members.
constexpr std::size_t kMostBytes = 4 * 1024;

}  // namespace

PublicOptions PublicOptions::parse(std::string_view json) {
  JsonLimits limits;
  limits.size = kMostBytes;
  check_json(json, limits);
  const JsonView document(json);
  const std::string cipher = document.get("cipher").string();
  if (cipher != kCipher)
    throw Error(
        ErrorCode::kRefused, "layer cipher \"" + cipher + "\" is not supported",
        "only " + std::string(kCipher) + " is, as in ocicrypt: have the image encrypted again with it");
  // ocicrypt takes a nonce from here rather than the private one. Whoever changes an annotation could then
  // choose the key stream.
  if (const auto options = document.find("cipheroptions"); options && !options->members().empty()) {
    throw Error(ErrorCode::kRefused, "public cipher options are not allowed: they are not authenticated");
  }
  auto hmac = decode_base64(document.get("hmac").string(), Base64::kStandard);
  if (!hmac || hmac->size() != kHmacSha256Size)
    throw Error(ErrorCode::kIntegrity, "the layer's HMAC is malformed");
  return {std::move(*hmac)};
}

std::string PublicOptions::to_json() const {
  return R"({"cipher":")" + std::string(kCipher) + R"(","hmac":")" + encode_base64(hmac, Base64::kStandard) +
         R"(","cipheroptions":{}})";
}

}  // namespace imgcrypt

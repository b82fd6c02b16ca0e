#include "layer/private_options.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/random.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

// Reads in place: a JSON tree, or a string without its escapes, would leave the key in memory that is not
// wiped.
PrivateOptions parse_in_place(const JsonView& json) {
  auto key = decode_base64_secret(json.get("symkey").plain_string(), Base64::kStandard);
  auto nonce = decode_base64(json.get("cipheroptions").get("nonce").plain_string(), Base64::kStandard);
  const auto digest = json.find("digest");
  if (!key || key->size() != AesCtr::kKeySize || !nonce || nonce->size() != AesCtr::kNonceSize) {
    throw Error(ErrorCode::kIntegrity, "sizes");
  }
  return {std::move(*key), std::move(*nonce), digest ? std::string(digest->plain_string()) : std::string()};
}

}  // namespace

PrivateOptions PrivateOptions::generate(const Digest& source) {
  return {random_secret(AesCtr::kKeySize), random_bytes(AesCtr::kNonceSize), source.string()};
}

PrivateOptions PrivateOptions::parse(const SecretBytes& json) {
  try {
    // Not check_json, whose parser copies strings: JsonView stays within the text whatever it is.
    if (json.size() > kMostPrivateOptionsBytes) throw Error(ErrorCode::kRefused, "size");
    return parse_in_place(JsonView(as_text(json.expose())));
  } catch (const Error&) {
    throw layer_authentication_failed();
  }
}

SecretBytes PrivateOptions::to_json() const {
  const SecretBytes symkey = encode_base64_secret(key.expose(), Base64::kStandard);
  const std::string rest = R"(","digest":")" + source_digest + R"(","cipheroptions":{"nonce":")" +
                           encode_base64(nonce, Base64::kStandard) + R"("}})";
  return SecretBytes::joined({R"({"symkey":")", as_text(symkey.expose()), rest});
}

}  // namespace imgcrypt

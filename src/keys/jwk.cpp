#include "keys/jwk.hpp"

#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "keys/openssl_keys.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace imgcrypt {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, "JWK: " + what, hint);
}

std::string string_or_empty(const JsonView& json, std::string_view name) {
  const auto value = json.find(name);
  return value ? value->string() : std::string();
}

SecretBytes bytes_of(const JsonView& json, std::string_view name) {
  const auto value = json.find(name);
  if (!value) fail("the member \"" + std::string(name) + "\" is missing");
  const std::string_view text = value->plain_string();
  auto bytes = decode_base64_secret(text, Base64::kUrl);
  if (!bytes || bytes->size() == 0) {
    // RFC 7515 section 2 leaves the padding out, and has - and _ where others have + and /.
    const bool is_other_base64 = text.find_first_of("=+/") != std::string_view::npos;
    fail("the member \"" + std::string(name) + "\" is not base64url",
         is_other_base64 ? "it is base64: remove the = at its end, write - for + and _ for /" : "");
  }
  return std::move(*bytes);
}

EcPoint point_of(const JsonView& json) {
  return {string_or_empty(json, "crv"), to_bytes(bytes_of(json, "x").expose()),
          to_bytes(bytes_of(json, "y").expose())};
}

[[noreturn]] void fail_with_type(const std::string& type) {
  // As Azure Key Vault calls keys whose private half never leaves it.
  const bool is_in_hsm = type.ends_with("-HSM");
  fail("the key type \"" + type + "\" is not supported",
       is_in_hsm ? "of a public key, change it to \"" + type.substr(0, type.size() - 4) +
                       "\"; the private one needs a key provider"
                 : "use RSA, or EC on P-256, P-384 or P-521");
}

// RFC 7517 sections 4.2 and 4.3: "use", or what the operations of a key for anything but encryption amount
// to.
std::string use_of(const JsonView& json) {
  const auto operations = json.find("key_ops");
  if (!operations || json.find("use")) return string_or_empty(json, "use");
  static constexpr std::array<std::string_view, 6> kForEncryption = {"encrypt",   "decrypt",   "wrapKey",
                                                                     "unwrapKey", "deriveKey", "deriveBits"};
  std::string others;
  for (const JsonView& operation : operations->elements()) {
    const std::string name = operation.string();
    if (std::ranges::find(kForEncryption, name) != kForEncryption.end()) return {};
    others += (others.empty() ? "" : ", ") + name;
  }
  return others;
}

PublicKey checked(evp_pkey_st* key) {
  if (key == nullptr) fail("the key is damaged");
  return PublicKey(key);
}

PublicKey public_key_of(const JsonView& json, const std::string& type) {
  if (type == "RSA")
    return checked(rsa_public_key(bytes_of(json, "n").expose(), bytes_of(json, "e").expose()));
  if (type == "EC") return PublicKey::from_point(point_of(json));
  fail_with_type(type);
}

// RFC 7518 section 6.3.2. The last three follow from the others: all of them may be missing, or none.
evp_pkey_st* rsa_private_key_of(const JsonView& json) {
  static constexpr std::array kNames = {"n", "e", "d", "p", "q", "dp", "dq", "qi"};
  constexpr std::size_t kNeeded = 5;
  if (json.find("oth")) fail("RSA keys of more than two primes are not supported");
  const bool is_whole = json.find("dp") || json.find("dq") || json.find("qi");
  std::vector<SecretBytes> numbers;
  for (std::size_t i = 0; i < (is_whole ? kNames.size() : kNeeded); ++i)
    numbers.push_back(bytes_of(json, kNames.at(i)));
  std::vector<ByteView> views;
  for (const SecretBytes& number : numbers) views.push_back(number.expose());
  return rsa_private_key(views);
}

PrivateKey private_key_of(const JsonView& json, const std::string& type) {
  evp_pkey_st* key = nullptr;
  if (type == "RSA") {
    key = rsa_private_key_of(json);
  } else if (type == "EC") {
    const EcPoint point = point_of(json);
    const SecretBytes scalar = bytes_of(json, "d");
    // RFC 7518 section 6.2.2.1 fixes its length.
    if (scalar.size() != point.x.size()) fail("\"d\" is not as long as the curve's field");
    (void)PublicKey::from_point(point);  // checks the curve and the point
    key = ec_private_key(point.curve, scalar.expose(), point.x, point.y);
  } else {
    fail_with_type(type);
  }
  if (key == nullptr) fail("the key is damaged");
  return PrivateKey(key);
}

// Calls `take` with the key's members. Malformed text is the user's mistake, as in other forms of keys; what
// PublicKey refuses stays refused.
template <typename Take>
auto parse(std::string_view file, Take take) {
  try {
    const JsonView json(file);
    // RFC 7517 section 5. Which of the keys would be meant is not ours to guess.
    if (json.find("keys")) fail("a set of keys", "put one of its keys into its own file");
    const std::string type = string_or_empty(json, "kty");
    if (type.empty())
      fail("the member \"kty\" is missing",
           json.find("key") ? "put the object of its member \"key\" into a file of its own"
                            : "the file holds JSON that is not a key: a JWK is an object with this member");
    return take(json, type);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kRefused) throw;
    throw Error(ErrorCode::kUsage, error.message(), error.hint());
  }
}

}  // namespace

bool looks_like_jwk(std::string_view file) noexcept {
  const std::size_t start = file.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && file[start] == '{';
}

bool is_private_jwk(std::string_view file) {
  return parse(file, [](const JsonView& json, const std::string&) { return json.find("d").has_value(); });
}

PublicJwk public_half_of_jwk(std::string_view file) {
  return parse(file, [](const JsonView& json, const std::string& type) {
    return PublicJwk{public_key_of(json, type), string_or_empty(json, "alg"), string_or_empty(json, "kid"),
                     use_of(json)};
  });
}

PublicJwk parse_public_jwk(std::string_view file) {
  if (is_private_jwk(file)) {
    throw Error(ErrorCode::kUsage, "a private key was given where a public key is needed",
                "take the public members of the JWK alone: kty, n and e, or kty, crv, x and y");
  }
  return public_half_of_jwk(file);
}

PrivateKey parse_private_jwk(std::string_view file) {
  return parse(file, [](const JsonView& json, const std::string& type) {
    if ((type == "RSA" || type == "EC") && !json.find("d")) {
      throw Error(ErrorCode::kUsage, "a public key was given where a private key is needed",
                  "give the private half; the public half only encrypts");
    }
    return private_key_of(json, type);
  });
}

}  // namespace imgcrypt

#include "keywrap/jwe/jwe.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/encoding.hpp"
#include "base/text/json.hpp"
#include "crypto/aes_cbc_hmac.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/aes_kw.hpp"
#include "crypto/concat_kdf.hpp"
#include "crypto/random.hpp"
#include "keywrap/jwe/jwe_message.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace imgcrypt {
namespace {

constexpr std::string_view kRsaOaep = "RSA-OAEP";
constexpr std::string_view kEcdhEs = "ECDH-ES+A256KW";
constexpr std::size_t kA256GcmKeySize = 32;

template <typename Value>
struct Row {
  std::string_view name;
  Value value;
};

// RFC 7518 sections 4.1 and 5.1; what is not here is refused before any cryptography.
constexpr std::array kRsaAlgorithms = {Row<OaepHash>{kRsaOaep, OaepHash::kSha1},
                                       Row<OaepHash>{"RSA-OAEP-256", OaepHash::kSha256}};
constexpr std::array kAgreementKeySizes = {Row<std::size_t>{"ECDH-ES+A128KW", 16},
                                           Row<std::size_t>{"ECDH-ES+A192KW", 24},
                                           Row<std::size_t>{kEcdhEs, 32}};
struct ContentEncryption {
  std::size_t key_size;
  std::optional<SecretBytes> (*open)(const SecretBytes& key, ByteView iv, ByteView aad, ByteView ciphertext,
                                     ByteView tag);
};

constexpr std::array kContentEncryptions = {Row<ContentEncryption>{"A128GCM", {16, gcm_open}},
                                            Row<ContentEncryption>{"A192GCM", {24, gcm_open}},
                                            Row<ContentEncryption>{"A256GCM", {kA256GcmKeySize, gcm_open}},
                                            Row<ContentEncryption>{"A128CBC-HS256", {32, cbc_hmac_open}},
                                            Row<ContentEncryption>{"A192CBC-HS384", {48, cbc_hmac_open}},
                                            Row<ContentEncryption>{"A256CBC-HS512", {64, cbc_hmac_open}}};

template <typename Rows>
auto find_row(const Rows& rows, std::string_view name) -> decltype(&rows.front()) {
  const auto row = std::ranges::find_if(rows, [&](const auto& candidate) { return candidate.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

void append_number(Bytes& bytes, std::size_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

void append_counted(Bytes& bytes, ByteView data) {
  append_number(bytes, data.size());
  bytes.insert(bytes.end(), data.begin(), data.end());
}

// RFC 7518 section 4.6.2. As the key is then used to unwrap another, AlgorithmID is that of the whole `alg`,
// not `enc`; SuppPubInfo is the size in bits, and SuppPrivInfo is empty.
SecretBytes derive(const SecretBytes& shared, std::string_view algorithm, ByteView apu, ByteView apv,
                   std::size_t size) {
  Bytes info;
  append_counted(info, as_bytes(algorithm));
  append_counted(info, apu);
  append_counted(info, apv);
  append_number(info, size * 8);
  return concat_kdf(shared, info, size);
}

bool is_read(std::string_view algorithm) {
  return find_row(kRsaAlgorithms, algorithm) != nullptr || find_row(kAgreementKeySizes, algorithm) != nullptr;
}

std::optional<SecretBytes> unwrap_content_key(const PrivateKey& key, const JweRecipient& recipient,
                                              Attempts& attempts) {
  if (key.public_key().kind() == KeyKind::kRsa) {
    const auto* row = find_row(kRsaAlgorithms, recipient.algorithm);
    // The size costs nothing to compare and needs no private key, so such a recipient is no attempt.
    if (row == nullptr || recipient.encrypted_key.size() != key.public_key().modulus_size())
      return std::nullopt;
    attempts.use();
    return key.decrypt_oaep(recipient.encrypted_key, row->value);
  }
  const auto* row = find_row(kAgreementKeySizes, recipient.algorithm);
  if (row == nullptr || !recipient.epk || recipient.epk->curve != key.public_key().curve())
    return std::nullopt;
  attempts.use();
  // from_point refuses a point that is not on the curve: the sender chooses it.
  const SecretBytes shared = key.agree(PublicKey::from_point(*recipient.epk));
  return aes_kw_unwrap(derive(shared, recipient.algorithm, recipient.apu, recipient.apv, row->value),
                       recipient.encrypted_key);
}

struct WrappedContentKey {
  std::string epk;  // the header's member: ,"epk":{...} for EC
  Bytes encrypted_key;
};

WrappedContentKey wrap_content_key(const PublicKey& key, const std::string& algorithm,
                                   const SecretBytes& content_key) {
  if (key.kind() == KeyKind::kRsa)
    return {{}, key.encrypt_oaep(content_key.expose(), find_row(kRsaAlgorithms, algorithm)->value)};
  // A fresh one for each packet (RFC 7518 section 4.6): otherwise packets for one key share a wrapping key.
  const PrivateKey ephemeral = PrivateKey::generate_ec(key.curve());
  const EcPoint point = ephemeral.public_key().point();
  const std::string epk = R"(,"epk":{"kty":"EC","crv":")" + point.curve + R"(","x":")" +
                          encode_base64(point.x, Base64::kUrl) + R"(","y":")" +
                          encode_base64(point.y, Base64::kUrl) + R"("})";
  const std::size_t size = find_row(kAgreementKeySizes, algorithm)->value;
  return {epk, aes_kw_wrap(derive(ephemeral.agree(key), algorithm, {}, {}, size), content_key)};
}

std::string algorithm_for(const PublicJwk& recipient) {
  if (!recipient.use.empty() && recipient.use != "enc") {
    throw Error(ErrorCode::kUsage, "JWK: the key is not for encryption: its use is " + recipient.use,
                "give a key whose use is enc, or that names none");
  }
  const bool is_rsa = recipient.key.kind() == KeyKind::kRsa;
  if (recipient.algorithm.empty()) return std::string(is_rsa ? kRsaOaep : kEcdhEs);
  const bool is_known = is_rsa ? find_row(kRsaAlgorithms, recipient.algorithm) != nullptr
                               : find_row(kAgreementKeySizes, recipient.algorithm) != nullptr;
  if (is_known) return recipient.algorithm;
  throw Error(
      ErrorCode::kUsage, "JWK: the algorithm \"" + recipient.algorithm + "\" is not supported for this key",
      is_rsa ? "use RSA-OAEP or RSA-OAEP-256" : "use ECDH-ES+A128KW, ECDH-ES+A192KW or ECDH-ES+A256KW");
}

// RFC 7638, with SHA-256: 43 letters of base64url. Another key id may be that of several keys.
bool is_thumbprint(const std::string& key_id) {
  const auto bytes = decode_base64(key_id, Base64::kUrl);
  return bytes && bytes->size() == 32;
}

std::string key_kind(const JweRecipient& recipient) {
  if (recipient.epk) return recipient.epk->curve;
  return recipient.algorithm.starts_with("RSA") ? rsa_key_kind(recipient.encrypted_key) : "";
}

std::string with_space(const std::string& text) { return text.empty() ? text : " " + text; }

// Why no key opens it here, whatever it is; empty where one might. Packets of others are lies for free: they
// must not count as somebody.
std::string problem_of(const JweRecipient& recipient, const std::string& encryption) {
  if (find_row(kContentEncryptions, encryption) == nullptr) return "content encryption not supported";
  if (!is_read(recipient.algorithm)) return "algorithm not supported";
  const bool is_agreed = find_row(kAgreementKeySizes, recipient.algorithm) != nullptr;
  if (is_agreed && !recipient.epk) return "the sender's key is missing";
  if (!is_agreed && rsa_key_kind(recipient.encrypted_key) == "RSA") return "encrypted for no key's size";
  return {};
}

PacketRecipient describe(const JweRecipient& recipient, const std::string& encryption) {
  PacketRecipient described{.scheme = "jwe",
                            .algorithm = recipient.algorithm,
                            .key_kind = key_kind(recipient),
                            .fingerprint = recipient.key_id,
                            .problem = problem_of(recipient, encryption),
                            .names_one_key = is_thumbprint(recipient.key_id)};
  const std::string& kind = described.key_kind;
  described.text = "jwe" + with_space(described.algorithm) +
                   (described.fingerprint.empty() ? " unknown" + with_space(kind) + " recipient"
                                                  : (kind.starts_with("RSA") ? "" : with_space(kind)) +
                                                        " key " + described.fingerprint);
  if (!described.problem.empty()) described.text += " (" + described.problem + ")";
  return described;
}

}  // namespace

JweWrapper::JweWrapper(PublicJwk recipient, RecipientNames names)
    : key_(recipient.key), algorithm_(algorithm_for(recipient)) {
  if (names == RecipientNames::kWritten)
    key_id_ = recipient.key_id.empty() ? key_.thumbprint() : std::move(recipient.key_id);
}

Bytes JweWrapper::wrap(const SecretBytes& options) const {
  const SecretBytes content_key = random_secret(kA256GcmKeySize);
  const WrappedContentKey wrapped = wrap_content_key(key_, algorithm_, content_key);
  const std::string key_id = key_id_.empty() ? std::string() : R"(,"kid":)" + quote_json(key_id_);
  const std::string header = R"({"alg":")" + algorithm_ + R"(","enc":"A256GCM")" + wrapped.epk + key_id + "}";
  const std::string encoded_header = encode_base64(as_bytes(header), Base64::kUrl);
  const Bytes iv = random_bytes(kGcmNonceSize);
  // The additional data is the header as it is encoded (RFC 7516 section 5.1 step 14).
  const GcmSealed sealed = gcm_seal(content_key, iv, as_bytes(encoded_header), options.expose());
  const std::string packet = R"({"protected":")" + encoded_header + R"(","encrypted_key":")" +
                             encode_base64(wrapped.encrypted_key, Base64::kUrl) + R"(","iv":")" +
                             encode_base64(iv, Base64::kUrl) + R"(","ciphertext":")" +
                             encode_base64(sealed.ciphertext, Base64::kUrl) + R"(","tag":")" +
                             encode_base64(sealed.tag, Base64::kUrl) + R"("})";
  return to_bytes(as_bytes(packet));
}

std::optional<SecretBytes> unwrap_jwe(const PrivateKey& key, ByteView packet, Attempts& attempts) {
  const JweMessage message = JweMessage::parse(packet);
  const auto* encryption = find_row(kContentEncryptions, message.encryption);
  if (encryption == nullptr) {
    throw Error(ErrorCode::kRefused,
                "JWE: content encryption \"" + message.encryption + "\" is not supported");
  }
  // Neither ends the search: a later recipient may be this key's, and it counts more than what is wrong with
  // others.
  bool authentic = true;
  std::string refused;
  for (const JweRecipient& recipient : message.recipients) {
    if (!is_read(recipient.algorithm)) refused = recipient.algorithm;
    const auto content_key = unwrap_content_key(key, recipient, attempts);
    if (!content_key) continue;
    // A content key of another size looks like a wrong tag from outside.
    if (content_key->size() == encryption->value.key_size) {
      auto options = encryption->value.open(*content_key, message.iv, as_bytes(message.aad),
                                            message.ciphertext, message.tag);
      if (options) return options;
    }
    authentic = false;
  }
  if (!authentic) throw layer_authentication_failed();
  if (refused.empty()) return std::nullopt;
  throw Error(ErrorCode::kRefused, "JWE: the algorithm \"" + refused + "\" is not read, whatever the key",
              "encrypt the image again, for RSA-OAEP or ECDH-ES+A256KW");
}

std::vector<PacketRecipient> describe_jwe(ByteView packet) {
  std::vector<PacketRecipient> described;
  const JweMessage message = JweMessage::parse(packet);
  for (const JweRecipient& recipient : message.recipients)
    described.push_back(describe(recipient, message.encryption));
  return described;
}

}  // namespace imgcrypt

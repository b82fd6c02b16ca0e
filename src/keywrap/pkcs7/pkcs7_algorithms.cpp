#include "keywrap/pkcs7/pkcs7_algorithms.hpp"

#include "crypto/aes_gcm.hpp"
#include "crypto/random.hpp"
#include "keys/asn1/der_writer.hpp"
#include "keys/asn1/object_id.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace imgcrypt {
namespace {

using namespace std::string_view_literals;

// Object identifiers as DER content: those of AES and SHA-256 are NIST's, those of RSA PKCS #1's.
constexpr std::string_view kAes128Gcm = "\x60\x86\x48\x01\x65\x03\x04\x01\x06"sv;
constexpr std::string_view kRsaPkcs1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;
constexpr std::string_view kRsaesOaep = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07"sv;
constexpr std::string_view kMgf1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"sv;
constexpr std::string_view kSha1 = "\x2b\x0e\x03\x02\x1a"sv;
constexpr std::string_view kSha256 = "\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv;

struct ContentAlgorithm {
  std::string_view object_id;
  std::size_t key_size;
  std::optional<BlockCipher> block_cipher;
};

// AES-128-GCM and AES-256-GCM, then what needs --allow-legacy-cms: AES-128-CBC, AES-256-CBC, 3DES.
constexpr std::array kContentAlgorithms = {
    ContentAlgorithm{kAes128Gcm, 16, {}}, ContentAlgorithm{"\x60\x86\x48\x01\x65\x03\x04\x01\x2e"sv, 32, {}},
    ContentAlgorithm{"\x60\x86\x48\x01\x65\x03\x04\x01\x02"sv, 16, BlockCipher::kAes128},
    ContentAlgorithm{"\x60\x86\x48\x01\x65\x03\x04\x01\x2a"sv, 32, BlockCipher::kAes256},
    ContentAlgorithm{"\x2a\x86\x48\x86\xf7\x0d\x03\x07"sv, 24, BlockCipher::kTripleDes}};

// Only the full tag: a shorter one, which GCM allows, would be easier to forge.
constexpr std::array<std::uint8_t, 1> kTagSize = {kGcmTagSize};

// Go's pkcs7 libraries have their own parameters for GCM. RFC 5084 has the nonce as an OCTET STRING; they
// have it as [4], inside one more sequence, which most of them mark as primitive.
std::optional<Bytes> parse_gcm_nonce(ByteView parameters) {
  DerReader reader(parameters);
  auto outer = reader.take(DerTag::kPrimitiveSequence);
  if (!outer) outer = reader.take(DerTag::kSequence);
  if (!outer) return std::nullopt;
  const auto inner = DerReader(*outer).take(DerTag::kSequence);
  if (!inner) return std::nullopt;
  DerReader fields(*inner);
  const auto nonce = fields.take(DerTag::kPrimitive4);
  const auto tag_size = fields.take(DerTag::kInteger);
  if (!nonce || nonce->size() != kGcmNonceSize || !tag_size || !std::ranges::equal(*tag_size, kTagSize))
    return std::nullopt;
  return to_bytes(*nonce);
}

std::optional<Bytes> parse_iv(ByteView parameters, BlockCipher cipher) {
  const auto iv = DerReader(parameters).take(DerTag::kOctetString);
  const std::size_t block = cipher == BlockCipher::kTripleDes ? 8 : 16;
  return iv && iv->size() == block ? std::optional(to_bytes(*iv)) : std::nullopt;
}

std::optional<OaepHash> parse_hash(DerReader& reader) {
  const auto algorithm = reader.take(DerTag::kSequence);
  if (!algorithm) return std::nullopt;
  const auto name = DerReader(*algorithm).take(DerTag::kObjectId);
  if (name && as_text(*name) == kSha1) return OaepHash::kSha1;
  if (name && as_text(*name) == kSha256) return OaepHash::kSha256;
  return std::nullopt;
}

std::optional<OaepHash> parse_mask_hash(ByteView generator) {
  DerReader outer(generator);
  const auto algorithm = outer.take(DerTag::kSequence);
  if (!algorithm) return std::nullopt;
  DerReader reader(*algorithm);
  const auto name = reader.take(DerTag::kObjectId);
  return name && as_text(*name) == kMgf1 ? parse_hash(reader) : std::nullopt;
}

// RFC 4055 section 4.1; what is absent means SHA-1. Labels ([2], which is then left over), and two hashes
// that differ, are not supported.
std::optional<OaepHash> parse_oaep(ByteView parameters) {
  const auto sequence = DerReader(parameters).take(DerTag::kSequence);
  if (!sequence) return std::nullopt;
  DerReader reader(*sequence);
  std::optional<OaepHash> hash = OaepHash::kSha1;
  std::optional<OaepHash> mask_hash = OaepHash::kSha1;
  if (const auto named = reader.take(DerTag::kContext0)) {
    DerReader algorithm(*named);
    hash = parse_hash(algorithm);
  }
  if (const auto named = reader.take(DerTag::kContext1)) mask_hash = parse_mask_hash(*named);
  return hash == mask_hash && reader.at_end() ? hash : std::nullopt;
}

// Private options are JSON. One wrong key in 256 leaves a right padding, and without a MAC only this check
// tells it from the right key.
bool is_json_text(ByteView text) {
  const auto is_of_json = [](std::uint8_t c) {
    return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
  };
  return !text.empty() && std::ranges::all_of(text, is_of_json);
}

std::optional<SecretBytes> open_gcm(const SecretBytes& key, ByteView nonce, ByteView content) {
  if (content.size() < kGcmTagSize) return std::nullopt;
  const std::size_t size = content.size() - kGcmTagSize;
  return gcm_open(key, nonce, {}, content.first(size), content.subspan(size));
}

}  // namespace

ContentCipher ContentCipher::from(const AlgorithmId& algorithm) {
  const auto row =
      std::ranges::find(kContentAlgorithms, as_text(algorithm.object_id), &ContentAlgorithm::object_id);
  const std::string name = describe_object_id(algorithm.object_id);
  if (row == kContentAlgorithms.end())
    throw Error(ErrorCode::kRefused, "PKCS7: content encryption " + name + " is not supported");
  auto nonce = row->block_cipher ? parse_iv(algorithm.parameters, *row->block_cipher)
                                 : parse_gcm_nonce(algorithm.parameters);
  if (!nonce) throw Error(ErrorCode::kRefused, "PKCS7: these parameters of " + name + " are not supported");
  return {row->key_size, std::move(*nonce), row->block_cipher};
}

std::optional<SecretBytes> ContentCipher::open(const SecretBytes& key, ByteView content) const {
  if (!block_cipher_) return open_gcm(key, nonce_, content);
  auto text = cbc_open(*block_cipher_, key, nonce_, content);
  return text && is_json_text(text->expose()) ? std::move(text) : std::nullopt;
}

std::optional<KeyTransport> KeyTransport::from(const AlgorithmId& algorithm) {
  if (as_text(algorithm.object_id) == kRsaPkcs1) return KeyTransport(std::nullopt);
  if (as_text(algorithm.object_id) != kRsaesOaep) return std::nullopt;
  const auto hash = parse_oaep(algorithm.parameters);
  return hash ? std::optional(KeyTransport(hash)) : std::nullopt;
}

SecretBytes KeyTransport::decrypt(const PrivateKey& key, ByteView encrypted_key, std::size_t size) const {
  if (!oaep_) return key.decrypt_pkcs1(encrypted_key, size);
  // Before the padding is known to be right or wrong, so that both take the same path.
  SecretBytes random = random_secret(size);
  auto decrypted = key.decrypt_oaep(encrypted_key, *oaep_);
  return decrypted && decrypted->size() == size ? std::move(*decrypted) : std::move(random);
}

AlgorithmId aes_128_gcm(ByteView nonce) {
  const Bytes inner = der_element(DerTag::kSequence, {der_element(DerTag::kPrimitive4, {nonce}),
                                                      der_element(DerTag::kInteger, {kTagSize})});
  return {to_bytes(as_bytes(kAes128Gcm)), der_element(DerTag::kPrimitiveSequence, {inner})};
}

// RFC 3370 section 4.2.1 asks for NULL parameters; Go's pkcs7 libraries write none, and so do we.
AlgorithmId rsa_pkcs1() { return {to_bytes(as_bytes(kRsaPkcs1)), {}}; }

}  // namespace imgcrypt

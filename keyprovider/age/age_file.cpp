#include "keyprovider/age/age_file.hpp"

#include "base/layer_authentication.hpp"
#include "keyprovider/age/primitives.hpp"
#include "keyprovider/serve.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::size_t kPayloadNonceSize = 16;  // bytes
constexpr const char* kPassphraseType = "scrypt";

// Eleven bytes count the chunks, the last byte marks the last one: here the only one.
constexpr Nonce kOnlyChunk = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

auto header_mac(const SecretBytes& file_key, ByteView header) {
  return hmac_sha256(hkdf_sha256(file_key.expose(), {}, "header"), header);
}

SecretBytes payload_key(const SecretBytes& file_key, ByteView nonce) {
  return hkdf_sha256(file_key.expose(), nonce, "payload");
}

void refuse_passphrase(const AgeHeader& header) {
  if (std::ranges::find(header.stanzas, kPassphraseType, &AgeStanza::type) == header.stanzas.end()) return;
  throw Error(ErrorCode::kRefused, "an age file that was encrypted with a passphrase (scrypt)",
              "encrypt for a key instead");
}

std::optional<SecretBytes> find_file_key(const Identities& identities, const AgeHeader& header) {
  for (const auto& identity : identities) {
    for (const AgeStanza& stanza : header.stanzas) {
      if (auto file_key = identity->unwrap(stanza)) return file_key;
    }
  }
  return std::nullopt;
}

}  // namespace

Bytes encrypt(const Recipients& recipients, ByteView plaintext) {
  const SecretBytes file_key = random_secret(kFileKeySize);
  std::vector<AgeStanza> stanzas;
  for (const auto& recipient : recipients) stanzas.push_back(recipient->wrap(file_key));
  const std::string header = format_age_stanzas(stanzas);
  Bytes file = to_bytes(as_bytes(header + format_age_mac(header_mac(file_key, as_bytes(header)))));
  const SecretBytes nonce = random_secret(kPayloadNonceSize);
  const Bytes payload = seal(payload_key(file_key, nonce.expose()), kOnlyChunk, plaintext);
  file.insert(file.end(), nonce.expose().begin(), nonce.expose().end());
  file.insert(file.end(), payload.begin(), payload.end());
  return file;
}

std::optional<SecretBytes> decrypt(const Identities& identities, ByteView file) {
  if (file.size() > kMostPacketBytes) throw Error(ErrorCode::kRefused, "an age file of more than 64 KiB");
  const AgeHeader header = parse_age_header(file);
  refuse_passphrase(header);
  const auto file_key = find_file_key(identities, header);
  if (!file_key) return std::nullopt;
  if (!equal_constant_time(header_mac(*file_key, header.authenticated), header.mac) ||
      header.payload.size() < kPayloadNonceSize) {
    throw layer_authentication_failed();
  }
  const SecretBytes key = payload_key(*file_key, header.payload.first(kPayloadNonceSize));
  auto plaintext = open(key, kOnlyChunk, header.payload.subspan(kPayloadNonceSize));
  if (!plaintext) throw layer_authentication_failed();
  return plaintext;
}

}  // namespace imgcrypt::keyprovider::age

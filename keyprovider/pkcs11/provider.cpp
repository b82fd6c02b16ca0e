#include "keyprovider/pkcs11/provider.hpp"

#include "base/cancel_hold.hpp"
#include "base/text/short_list.hpp"
#include "keyprovider/pkcs11/recipients.hpp"
#include "keywrap/pkcs11/pkcs11_message.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

std::vector<std::string> keys_of(const std::vector<std::string>& parameters, const KeyPlaces& node) {
  std::vector<std::string> keys = named_by(parameters);
  keys.insert(keys.end(), node.files.begin(), node.files.end());
  for (const std::string& directory : node.directories) {
    for (const std::string& file : key_files_in(directory)) keys.push_back(file);
  }
  return keys;
}

std::optional<SecretBytes> open_with(const PrivateKey& key, const std::vector<Pkcs11Recipient>& recipients) {
  if (key.public_key().kind() != KeyKind::kRsa) return std::nullopt;
  for (const auto& [encrypted, hash] : recipients) {
    if (!hash || encrypted.size() != key.public_key().modulus_size()) continue;
    if (auto options = key.decrypt_oaep(encrypted, *hash)) return options;
  }
  return std::nullopt;
}

}  // namespace

Bytes Pkcs11Provider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  const OaepHash hash = oaep_hash();
  std::vector<PublicKey> keys;
  for (const std::string& who : named_by(parameters)) {
    PublicKey key = recipient_key(tokens_, who);
    check_fits(key, shown_token_key(who), options.size(), hash);
    const bool is_known =
        std::ranges::any_of(keys, [&](const PublicKey& known) { return known.same_as(key); });
    if (!is_known) keys.push_back(std::move(key));
  }
  if (keys.empty())
    throw Error(ErrorCode::kUsage, "no recipient is named", "write pkcs11:FILE or pkcs11:URI");
  if (keys.size() > kMostPkcs11Recipients)
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostPkcs11Recipients) + " recipients");
  std::vector<Pkcs11Recipient> recipients;
  for (const PublicKey& key : keys) recipients.push_back({key.encrypt_oaep(options.expose(), hash), hash});
  Bytes packet = format_pkcs11_message(recipients);
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  return packet;
}

SecretBytes Pkcs11Provider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  const std::vector<Pkcs11Recipient> recipients = parse_pkcs11_message(packet);
  const std::vector<std::string> keys = keys_of(parameters, node_);
  if (keys.empty()) throw Error(ErrorCode::kNoKey, "no key was given", "write pkcs11:FILE or pkcs11:URI");
  std::vector<std::string> shown;
  for (const std::string& key : keys) {
    if (auto options = open_with(open_key(key, nullptr), recipients)) return std::move(*options);
    shown.push_back(shown_token_key(key));
  }
  throw Error(ErrorCode::kNoKey, "encrypted for other keys than " + short_list(shown));
}

bool Pkcs11Provider::needs_passphrase(const std::string& key) {
  const TokenKey named = read_token_key(key);
  if (named.uri.pin()) return false;
  const CancelHold hold;
  return tokens_.open(named).needs_pin();
}

PrivateKey Pkcs11Provider::open_key(const std::string& key, const SecretBytes* passphrase) {
  auto opened = std::make_shared<const TokenPrivateKey>(tokens_, read_token_key(key), passphrase);
  PublicKey public_half = opened->public_half();
  return {std::move(public_half), std::move(opened)};
}

}  // namespace imgcrypt::keyprovider::pkcs11

#include "keyprovider/sodium/provider.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/short_list.hpp"
#include "keyprovider/sodium/key_file.hpp"
#include "keyprovider/sodium/packet.hpp"

#include <algorithm>
#include <initializer_list>

namespace imgcrypt::keyprovider::sodium {
namespace {

std::vector<PublicKey> recipients_of(const std::vector<std::string>& parameters) {
  std::vector<PublicKey> recipients;
  for (const std::string& parameter : named_by(parameters)) {
    const PublicKey recipient = read_recipient(parameter);
    if (std::ranges::find(recipients, recipient) == recipients.end()) recipients.push_back(recipient);
  }
  if (recipients.empty()) {
    throw Error(ErrorCode::kUsage, "no recipient is named",
                "write provider:sodium:PUBLIC, a public key file or the public key itself");
  }
  if (recipients.size() > kMostRecipients)
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostRecipients) + " recipients");
  return recipients;
}

std::vector<SecretKey> read_keys(const std::string& file) {
  std::vector<SecretKey> keys;
  keys.push_back(read_secret_key(file));
  return keys;
}

std::string text_of(const SecretKey& key) { return key.public_key().text(); }

std::string wanted_by(const std::vector<SealedCopy>& copies) {
  std::vector<std::string> recipients;
  for (const SealedCopy& copy : copies) recipients.push_back(copy.recipient.text());
  return short_list(recipients);
}

}  // namespace

Bytes SodiumProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  std::vector<SealedCopy> copies;
  for (const PublicKey& recipient : recipients_of(parameters))
    copies.push_back({recipient, seal(recipient, options.expose())});
  Bytes packet = to_bytes(as_bytes(format_packet(copies)));
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  return packet;
}

SecretBytes SodiumProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  const std::vector<SealedCopy> copies = parse_packet(packet);
  SodiumKeyRing named;
  add_keys_of(named_by(parameters), named, read_keys);
  const SodiumKeyRing& node = keys_of_node();
  std::vector<const SecretKey*> keys;
  for (const SodiumKeyRing* ring : std::initializer_list<const SodiumKeyRing*>{&named, &node}) {
    for (const SecretKey& key : ring->keys) keys.push_back(&key);
  }

  // Copies are matched by name, as a key that tries them all would cost 64 times as much. The name is only a
  // claim: opening decides.
  bool is_for_us = false;
  for (const SealedCopy& copy : copies) {
    for (const SecretKey* key : keys) {
      if (key->public_key() != copy.recipient) continue;
      is_for_us = true;
      if (auto options = open(*key, copy.sealed)) return std::move(*options);
    }
  }
  if (is_for_us) throw layer_authentication_failed();
  throw no_key_opens("sealed for " + wanted_by(copies), named, node, text_of,
                     "write provider:sodium:FILE, or configure --key or --keys");
}

const SodiumKeyRing& SodiumProvider::keys_of_node() {
  if (!keys_of_node_) keys_of_node_ = keys_at<SecretKey>(node_, read_keys);
  return *keys_of_node_;
}

}  // namespace imgcrypt::keyprovider::sodium

#include "keyprovider/sodium/provider.hpp"

#include "base/layer_authentication.hpp"
#include "base/text/short_list.hpp"
#include "keyprovider/sodium/key_file.hpp"
#include "keyprovider/sodium/packet.hpp"

#include <algorithm>

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

// A stray file must not keep the others from opening an image; the failure names it if none does.
void add_keys_in(const std::string& directory, KeyRing& ring) {
  for (const std::string& file : key_files_in(directory)) {
    try {
      ring.keys.push_back(read_secret_key(file));
    } catch (const Error& error) {
      ring.skipped.push_back(error.message());
    }
  }
}

using Keys = std::vector<const SecretKey*>;

[[noreturn]] void fail_without_key(const std::vector<SealedCopy>& copies, const Keys& keys,
                                   const std::vector<std::string>& skipped) {
  std::vector<std::string> recipients;
  for (const SealedCopy& copy : copies) recipients.push_back(copy.recipient.text());
  std::vector<std::string> tried;
  for (const SecretKey* key : keys) tried.push_back(key->public_key().text());
  std::string message = "sealed for " + short_list(recipients) + "; " +
                        (keys.empty() ? "no key was given" : "tried " + short_list(tried));
  if (!skipped.empty()) message += "; skipped " + short_list(skipped);
  throw Error(ErrorCode::kNoKey, message,
              keys.empty() ? "write provider:sodium:FILE, or configure --key or --keys" : "");
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
  std::vector<SecretKey> named;
  for (const std::string& file : named_by(parameters)) named.push_back(read_secret_key(file));
  const KeyRing& node = keys_of_node();
  Keys keys;
  for (const SecretKey& key : named) keys.push_back(&key);
  for (const SecretKey& key : node.keys) keys.push_back(&key);

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
  fail_without_key(copies, keys, node.skipped);
}

const KeyRing& SodiumProvider::keys_of_node() {
  if (!keys_of_node_) {
    KeyRing ring;
    for (const std::string& file : node_.files) ring.keys.push_back(read_secret_key(file));
    for (const std::string& directory : node_.directories) add_keys_in(directory, ring);
    keys_of_node_ = std::move(ring);
  }
  return *keys_of_node_;
}

}  // namespace imgcrypt::keyprovider::sodium

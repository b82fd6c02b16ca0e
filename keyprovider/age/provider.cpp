#include "keyprovider/age/provider.hpp"

#include "base/text/short_list.hpp"
#include "keyprovider/age/age_file.hpp"
#include "keyprovider/age/identity_file.hpp"
#include "keyprovider/age/recipient_list.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::age {
namespace {

Recipients recipients_of(const std::vector<std::string>& parameters) {
  Recipients recipients;
  for (const std::string& parameter : named_by(parameters)) add_new(read_recipients(parameter), recipients);
  if (recipients.empty()) {
    throw Error(ErrorCode::kUsage, "no recipient is named",
                "write age:RECIPIENT, a file of recipients or a public key");
  }
  if (recipients.size() > kMostRecipients)
    throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostRecipients) + " recipients");
  return recipients;
}

// A file that cannot be used must not keep the others from opening an image; the failure names it if none
// does.
void add_keys_of(const std::vector<std::string>& files, KeyRing& ring) {
  for (const std::string& file : files) {
    try {
      std::ranges::move(read_identities(file), std::back_inserter(ring.identities));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      ring.skipped.push_back(describe(error));
    }
  }
}

std::string wanted_by(ByteView packet) {
  std::vector<std::string> recipients;
  for (const AgeStanza& stanza : parse_age_header(packet).stanzas) {
    const bool is_named = stanza.type.starts_with("ssh-") && !stanza.arguments.empty();
    recipients.push_back(stanza.type + (is_named ? " " + stanza.arguments.front() : ""));
  }
  return short_list(recipients);
}

[[noreturn]] void fail_without_key(ByteView packet, const KeyRing& named, const KeyRing& node) {
  std::vector<std::string> tried;
  std::vector<std::string> skipped;
  for (const KeyRing* ring : {&named, &node}) {
    for (const auto& identity : ring->identities) tried.push_back(identity->recipient().text());
    skipped.insert(skipped.end(), ring->skipped.begin(), ring->skipped.end());
  }
  // A key that was named and cannot be used is the user's mistake.
  if (tried.empty() && !named.skipped.empty()) throw Error(ErrorCode::kUsage, short_list(skipped));
  std::string message = "encrypted for " + wanted_by(packet) + "; " +
                        (tried.empty() ? "no key was given" : "tried " + short_list(tried));
  if (!skipped.empty()) message += "; skipped " + short_list(skipped);
  throw Error(ErrorCode::kNoKey, message,
              tried.empty() ? "write age:FILE, or configure --key or --keys" : "");
}

}  // namespace

Bytes AgeProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  Bytes packet = encrypt(recipients_of(parameters), options.expose());
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  return packet;
}

SecretBytes AgeProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  KeyRing named;
  add_keys_of(named_by(parameters), named);
  if (auto options = decrypt(named.identities, packet)) return std::move(*options);
  const KeyRing& node = keys_of_node();
  if (auto options = decrypt(node.identities, packet)) return std::move(*options);
  fail_without_key(packet, named, node);
}

const KeyRing& AgeProvider::keys_of_node() {
  if (!keys_of_node_) {
    KeyRing ring;
    add_keys_of(node_.files, ring);
    for (const std::string& directory : node_.directories) add_keys_of(key_files_in(directory), ring);
    keys_of_node_ = std::move(ring);
  }
  return *keys_of_node_;
}

}  // namespace imgcrypt::keyprovider::age

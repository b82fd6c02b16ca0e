#include "keyprovider/age/provider.hpp"

#include "base/text/encoding.hpp"
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

std::string wanted_by(ByteView packet) {
  std::vector<std::string> recipients;
  for (const AgeStanza& stanza : parse_age_header(packet).stanzas) {
    const bool is_named = stanza.type.starts_with("ssh-") && !stanza.arguments.empty();
    recipients.push_back(stanza.type + (is_named ? " " + stanza.arguments.front() : ""));
  }
  return short_list(recipients);
}

// As the packet names it: the whole text of an RSA key has hundreds of characters.
std::string text_of(const std::unique_ptr<Identity>& identity) {
  const std::string text = identity->recipient().text();
  const std::size_t space = text.find(' ');
  if (!text.starts_with("ssh-") || space == std::string::npos) return text;
  const auto key = decode_base64(std::string_view(text).substr(space + 1), Base64::kStandard);
  return key ? text.substr(0, space) + " " + ssh_key_tag(*key) : text;
}

}  // namespace

Bytes AgeProvider::wrap(const std::vector<std::string>& parameters, const SecretBytes& options) {
  Bytes packet = encrypt(recipients_of(parameters), options.expose());
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kUsage, "a packet of more than 64 KiB", "name fewer recipients");
  return packet;
}

SecretBytes AgeProvider::unwrap(const std::vector<std::string>& parameters, ByteView packet) {
  AgeKeyRing named;
  add_keys_of(named_by(parameters), named, read_identities);
  if (auto options = decrypt(named.keys, packet)) return std::move(*options);
  const AgeKeyRing& node = keys_of_node();
  if (auto options = decrypt(node.keys, packet)) return std::move(*options);
  throw no_key_opens("encrypted for " + wanted_by(packet), named, node, text_of,
                     "write age:FILE, or configure --key or --keys");
}

const AgeKeyRing& AgeProvider::keys_of_node() {
  if (!keys_of_node_) keys_of_node_ = keys_at<std::unique_ptr<Identity>>(node_, read_identities);
  return *keys_of_node_;
}

}  // namespace imgcrypt::keyprovider::age

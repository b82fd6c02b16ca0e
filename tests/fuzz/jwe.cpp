// JWE packets: as many recipients are described as were read, removing one leaves the others as they were,
// and what a key opens it also opens when nobody else is left.
#include "keywrap/jwe/jwe.hpp"

#include "fuzz/fuzz.hpp"
#include "keys/key_file.hpp"
#include "keywrap/jwe/jwe_message.hpp"
#include "support/vectors.hpp"

namespace imgcrypt::test {
namespace {

const std::vector<PrivateKey>& keys() {
  static const std::vector<PrivateKey> keys = [] {
    std::vector<PrivateKey> read;
    for (const char* name : {"p256", "p384", "p521", "rsa", "rsa2"}) {
      read.push_back(parse_private_key(as_bytes(read_vector("keys/" + std::string(name) + ".pem")), nullptr));
    }
    return read;
  }();
  return keys;
}

bool opens(const PrivateKey& key, ByteView packet) {
  Attempts attempts;
  const auto options = attempt([&] { return unwrap_jwe(key, packet, attempts); });
  return options && *options;
}

std::string summary(const JweRecipient& recipient) {
  return recipient.algorithm + "\n" + recipient.key_id + "\n" + encode_hex(recipient.encrypted_key) +
         (recipient.epk ? recipient.epk->curve + encode_hex(recipient.epk->x) : std::string());
}

// The rest of the packet without each recipient in turn.
void remove_each(const JweMessage& message, ByteView packet) {
  for (std::size_t gone = 0; gone < message.recipients.size(); ++gone) {
    const Bytes rest =
        must("one of several can be removed", [&] { return JweMessage::without(packet, {gone}); });
    const JweMessage left = must("what is left is a packet", [&] { return JweMessage::parse(rest); });
    expect(left.recipients.size() + 1 == message.recipients.size(), "one recipient less");
    expect(left.aad == message.aad && left.ciphertext == message.ciphertext, "the same content");
    for (std::size_t i = 0; i < left.recipients.size(); ++i) {
      expect(summary(left.recipients[i]) == summary(message.recipients[i < gone ? i : i + 1]),
             "the recipients that stay");
    }
  }
}

void keep_only(const JweMessage& message, ByteView packet, const PrivateKey& key) {
  bool opened = false;
  for (std::size_t kept = 0; kept < message.recipients.size(); ++kept) {
    std::set<std::size_t> others;
    for (std::size_t i = 0; i < message.recipients.size(); ++i) {
      if (i != kept) others.insert(i);
    }
    opened = opened || opens(key, JweMessage::without(packet, others));
  }
  expect(opened, "a packet that opens for one of its recipients");
}

}  // namespace

void fuzz(ByteView input) {
  const JweMessage message = JweMessage::parse(input);
  const auto described = must("a packet can be described", [&] { return describe_jwe(input); });
  expect(described.size() == message.recipients.size(), "each recipient described");
  const bool has_several = message.recipients.size() > 1 && message.recipients.size() < 8;
  if (has_several) remove_each(message, input);
  for (const PrivateKey& key : keys()) {
    if (opens(key, input) && has_several) keep_only(message, input, key);
  }
}

}  // namespace imgcrypt::test

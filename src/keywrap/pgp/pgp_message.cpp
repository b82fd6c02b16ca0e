#include "keywrap/pgp/pgp_message.hpp"

#include "base/text/encoding.hpp"
#include "keywrap/pgp/pgp_packets.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <cctype>

namespace imgcrypt {
namespace {

constexpr unsigned kPublicKeyTag = 1;
constexpr unsigned kPassphraseTag = 3;
constexpr unsigned kUnauthenticatedTag = 9;
constexpr unsigned kProtectedTag = 18;
constexpr std::size_t kKeyIdAt = 1;  // in a body of version 3
constexpr std::size_t kKeyIdSize = 8;
constexpr std::size_t kNumbersAt = 10;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::kIntegrity, what); }

[[noreturn]] void fail_recipient() { fail("an OpenPGP session key is damaged"); }

// RFC 9580 section 3.2: a number of bits in two bytes, and as many bytes as they take.
ByteView take_number(ByteView& rest) {
  if (rest.size() < 2) fail_recipient();
  const std::size_t bits = (std::size_t{rest[0]} << 8U) | rest[1];
  const std::size_t size = (bits + 7) / 8;
  if (size == 0 || size > rest.size() - 2) fail_recipient();
  const ByteView number = rest.subspan(2, size);
  rest = rest.subspan(2 + size);
  return number;
}

PgpAlgorithm algorithm_of(unsigned id) {
  if (id == 1 || id == 2) return PgpAlgorithm::kRsa;
  if (id == 16) return PgpAlgorithm::kElGamal;
  return id == 18 ? PgpAlgorithm::kEcdh : PgpAlgorithm::kOther;
}

std::string key_id_of(ByteView body) {
  const ByteView id = body.subspan(kKeyIdAt, kKeyIdSize);
  if (std::ranges::all_of(id, [](std::uint8_t byte) { return byte == 0; })) return {};
  std::string text = encode_hex(id);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// The encrypted session key must fill its packet.
void check_numbers(PgpAlgorithm algorithm, ByteView rest) {
  if (algorithm == PgpAlgorithm::kOther) return;
  (void)take_number(rest);
  if (algorithm == PgpAlgorithm::kElGamal) (void)take_number(rest);
  if (algorithm == PgpAlgorithm::kEcdh) {
    if (rest.empty() || rest[0] != rest.size() - 1) fail_recipient();
    rest = {};
  }
  if (!rest.empty()) fail_recipient();
}

PgpRecipient recipient_of(const PgpPacket& packet) {
  if (packet.body.empty()) fail_recipient();
  PgpRecipient recipient{.packet = packet.whole};
  if (packet.body[0] != 3) return recipient;  // a later version, whose fields are others
  if (packet.body.size() < kNumbersAt) fail_recipient();
  recipient.key_id = key_id_of(packet.body);
  recipient.algorithm = algorithm_of(packet.body[kNumbersAt - 1]);
  const ByteView numbers = packet.body.subspan(kNumbersAt);
  check_numbers(recipient.algorithm, numbers);
  if (ByteView rest = numbers; recipient.algorithm != PgpAlgorithm::kOther)
    recipient.number = take_number(rest);
  return recipient;
}

PgpProtection protection_of(const PgpPacket& packet) {
  if (packet.tag == kUnauthenticatedTag)
    throw Error(ErrorCode::kRefused, "an OpenPGP message whose content nothing authenticates");
  if (packet.body.empty()) fail("the data of an OpenPGP message is damaged");
  return packet.tag == kProtectedTag && packet.body[0] == 1 ? PgpProtection::kMdc : PgpProtection::kAead;
}

PgpPacket take_recipients(PgpPacketReader& packets, std::vector<PgpRecipient>& recipients) {
  while (!packets.at_end()) {
    const PgpPacket packet = packets.take();
    if (packet.tag == kPassphraseTag)
      throw Error(ErrorCode::kRefused, "an OpenPGP message that a passphrase opens");
    if (packet.tag != kPublicKeyTag) return packet;
    if (recipients.size() == kMostPgpRecipients) {
      throw Error(ErrorCode::kRefused,
                  "an OpenPGP message for more than " + std::to_string(kMostPgpRecipients) + " recipients");
    }
    recipients.push_back(recipient_of(packet));
  }
  fail("an OpenPGP message without data");
}

void append(ByteView part, Bytes& whole) { whole.insert(whole.end(), part.begin(), part.end()); }

}  // namespace

PgpMessage parse_pgp_message(ByteView message) {
  PgpPacketReader packets(message);
  if (packets.at_end()) fail("an empty OpenPGP message");
  PgpMessage parsed;
  const PgpPacket data = take_recipients(packets, parsed.recipients);
  if (!is_pgp_data(data.tag) || parsed.recipients.empty())
    fail("an OpenPGP packet of tag " + std::to_string(data.tag) + " where a message begins");
  parsed.protection = protection_of(data);
  parsed.data = data.whole;
  if (!packets.at_end()) fail("an OpenPGP message that goes on after its data");
  return parsed;
}

Bytes without_pgp_recipients(ByteView message, const std::set<std::size_t>& positions) {
  const PgpMessage parsed = parse_pgp_message(message);
  Bytes rest;
  for (std::size_t i = 0; i < parsed.recipients.size(); ++i) {
    if (!positions.contains(i)) append(parsed.recipients[i].packet, rest);
  }
  append(parsed.data, rest);
  return rest;
}

Bytes with_hidden_pgp_recipients(ByteView message) {
  const PgpMessage parsed = parse_pgp_message(message);
  Bytes hidden;
  for (const PgpRecipient& recipient : parsed.recipients) {
    append(recipient.packet, hidden);
    if (recipient.key_id.empty()) continue;
    const std::size_t body = PgpPacketReader(recipient.packet).take().body.size();
    const std::size_t key_id_at = hidden.size() - body + kKeyIdAt;
    std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(key_id_at), kKeyIdSize, std::uint8_t{0});
  }
  append(parsed.data, hidden);
  return hidden;
}

}  // namespace imgcrypt

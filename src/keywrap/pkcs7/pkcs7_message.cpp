#include "keywrap/pkcs7/pkcs7_message.hpp"

#include "base/text/encoding.hpp"
#include "keys/asn1/ber.hpp"
#include "keys/asn1/der_writer.hpp"
#include "keys/asn1/object_id.hpp"
#include "keywrap/packet_limits.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::array<std::uint8_t, 1> kVersion = {0};
constexpr std::array<std::uint8_t, 9> kData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
constexpr std::array<std::uint8_t, 9> kEnvelopedData = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03};
// Enough for SHA-256: more would only make the message longer.
constexpr std::size_t kMostKeyIdBytes = 32;

template <typename Value>
Value need(std::optional<Value> value, const char* what) {
  if (!value)
    throw Error(ErrorCode::kIntegrity, "PKCS7: the " + std::string(what) + " is missing or of another type");
  return std::move(*value);
}

DerReader enter(DerReader& reader, DerTag tag, const char* what) {
  return DerReader(need(reader.take(tag), what));
}

AlgorithmId parse_algorithm(DerReader& reader) {
  DerReader algorithm = enter(reader, DerTag::kSequence, "algorithm");
  AlgorithmId id{to_bytes(need(algorithm.take(DerTag::kObjectId), "algorithm name")), {}};
  if (!algorithm.at_end()) id.parameters = to_bytes(need(algorithm.take_any(), "algorithm parameters").whole);
  return id;
}

Pkcs7Recipient unsupported(std::string kind) { return {std::move(kind), {}, {}, {}, {}}; }

Pkcs7Recipient parse_key_transport(DerReader info) {
  (void)need(info.take(DerTag::kInteger), "recipient version");
  // RecipientIdentifier is a CHOICE (RFC 5652 section 6.2.1): a key identifier, or issuer and serial number.
  if (const auto key_id = info.take(DerTag::kPrimitive0)) {
    return unsupported("key identifier " +
                       encode_hex(key_id->first(std::min(key_id->size(), kMostKeyIdBytes))));
  }
  DerReader identity = enter(info, DerTag::kSequence, "recipient identifier");
  const DerElement issuer = need(identity.take_any(), "issuer");
  if (issuer.tag != DerTag::kSequence)
    throw Error(ErrorCode::kIntegrity, "PKCS7: an issuer that is not a name");
  Pkcs7Recipient recipient{{}, to_bytes(issuer.whole), {}, {}, {}};
  recipient.serial = to_bytes(need(identity.take(DerTag::kInteger), "serial number"));
  recipient.key_encryption = parse_algorithm(info);
  recipient.encrypted_key = to_bytes(need(info.take(DerTag::kOctetString), "encrypted key"));
  return recipient;
}

Pkcs7Recipient parse_recipient(const DerElement& info) {
  switch (info.tag) {
    case DerTag::kSequence:
      return parse_key_transport(DerReader(info.content));
    // The other kinds of RecipientInfo (section 6.2). They do not make the message unreadable for us.
    case DerTag::kContext1:
      return unsupported("key agreement");
    case DerTag::kContext2:
      return unsupported("shared key");
    case DerTag::kContext3:
      return unsupported("password");
    default:
      return unsupported("recipient of an unknown kind");
  }
}

// [0] IMPLICIT OCTET STRING is primitive (smallstep/pkcs7), or constructed of strings (mozilla/pkcs7 and
// BER).
Bytes parse_content(DerReader& reader) {
  if (const auto content = reader.take(DerTag::kPrimitive0)) return to_bytes(*content);
  DerReader parts = enter(reader, DerTag::kContext0, "encrypted content");
  Bytes content;
  while (!parts.at_end()) {
    const ByteView part = need(parts.take(DerTag::kOctetString), "part of the encrypted content");
    content.insert(content.end(), part.begin(), part.end());
  }
  return content;
}

Bytes encode_algorithm(const AlgorithmId& algorithm) {
  return der_element(DerTag::kSequence,
                     {der_element(DerTag::kObjectId, {algorithm.object_id}), algorithm.parameters});
}

Bytes encode_recipient(const Pkcs7Recipient& recipient) {
  const Bytes serial = der_element(DerTag::kInteger, {recipient.serial});
  return der_element(DerTag::kSequence, {der_element(DerTag::kInteger, {kVersion}),
                                         der_element(DerTag::kSequence, {recipient.issuer, serial}),
                                         encode_algorithm(recipient.key_encryption),
                                         der_element(DerTag::kOctetString, {recipient.encrypted_key})});
}

// Checked before anything is copied: the conversion needs memory of the order of the packet.
Bytes definite(ByteView packet) {
  if (packet.size() > kMostPacketBytes)
    throw Error(ErrorCode::kRefused, "PKCS7: a message of more than " + in_kib(kMostPacketBytes));
  return need(der_from_ber(packet), "message");
}

// The fields of EnvelopedData, which begin with its version.
DerReader open_enveloped(ByteView der) {
  DerReader outermost(der);
  DerReader info = enter(outermost, DerTag::kSequence, "message");
  const ByteView type = need(info.take(DerTag::kObjectId), "content type");
  if (!std::ranges::equal(type, kEnvelopedData)) {
    throw Error(ErrorCode::kRefused, "PKCS7: content type " + describe_object_id(type) + " is not supported");
  }
  DerReader wrapped = enter(info, DerTag::kContext0, "enveloped data");
  return enter(wrapped, DerTag::kSequence, "enveloped data");
}

Bytes encode_message(const Bytes& enveloped) {
  return der_element(DerTag::kSequence, {der_element(DerTag::kObjectId, {kEnvelopedData}),
                                         der_element(DerTag::kContext0, {enveloped})});
}

}  // namespace

Pkcs7Message Pkcs7Message::parse(ByteView packet) {
  const Bytes der = definite(packet);
  DerReader enveloped = open_enveloped(der);
  (void)need(enveloped.take(DerTag::kInteger), "version");
  Pkcs7Message message;
  DerReader recipients = enter(enveloped, DerTag::kSet, "set of recipients");
  while (!recipients.at_end())
    message.recipients.push_back(parse_recipient(need(recipients.take_any(), "recipient")));
  DerReader encrypted = enter(enveloped, DerTag::kSequence, "encrypted content");
  (void)need(encrypted.take(DerTag::kObjectId), "type of the encrypted content");
  message.content_encryption = parse_algorithm(encrypted);
  message.content = parse_content(encrypted);
  return message;
}

Bytes Pkcs7Message::encode() const {
  std::vector<Bytes> infos;
  infos.reserve(recipients.size());
  std::ranges::transform(recipients, std::back_inserter(infos), encode_recipient);
  const Bytes encrypted = der_element(
      DerTag::kSequence, {der_element(DerTag::kObjectId, {kData}), encode_algorithm(content_encryption),
                          der_element(DerTag::kPrimitive0, {content})});
  const Bytes enveloped = der_element(DerTag::kSequence, {der_element(DerTag::kInteger, {kVersion}),
                                                          der_set_of(std::move(infos)), encrypted});
  return encode_message(enveloped);
}

Bytes Pkcs7Message::without(ByteView packet, const std::set<std::size_t>& positions) {
  // A packet that cannot be read is not rewritten.
  (void)parse(packet);
  const Bytes der = definite(packet);
  DerReader fields = open_enveloped(der);
  const DerElement version = need(fields.take_any(), "version");
  DerReader recipients = enter(fields, DerTag::kSet, "set of recipients");
  std::vector<Bytes> left;
  for (std::size_t i = 0; !recipients.at_end(); ++i) {
    const ByteView recipient = need(recipients.take_any(), "recipient").whole;
    if (!positions.contains(i)) left.push_back(to_bytes(recipient));
  }
  // Copied as it is, also elements that we do not know, such as unprotectedAttrs (section 6.1).
  Bytes rest;
  while (!fields.at_end()) {
    const ByteView field = need(fields.take_any(), "field").whole;
    rest.insert(rest.end(), field.begin(), field.end());
  }
  return encode_message(der_element(DerTag::kSequence, {version.whole, der_set_of(std::move(left)), rest}));
}

}  // namespace imgcrypt

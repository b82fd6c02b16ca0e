// PKCS7 packets: what is read can be written and read again, removing one recipient leaves the others, and a
// certificate never opens a packet that its key alone does not.
#include "keywrap/pkcs7/pkcs7.hpp"

#include "fuzz/fuzz.hpp"
#include "keys/key_file.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"
#include "support/vectors.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

struct Holder {
  PrivateKey key;
  std::vector<Certificate> certificates;
};

const Holder& holder() {
  static const Holder holder = {parse_private_key(as_bytes(read_vector("keys/rsa.pem")), nullptr),
                                {Certificate::parse(as_bytes(read_vector("keys/cert1.pem")))}};
  return holder;
}

std::optional<Bytes> open(ByteView packet, std::span<const Certificate> certificates) {
  Attempts attempts;
  const auto options = attempt([&] {
    return unwrap_pkcs7(holder().key, certificates, UnauthenticatedPackets::kAllowed, packet, attempts);
  });
  if (!options || !*options) return std::nullopt;
  return to_bytes((*options)->expose());
}

std::string summary(const Pkcs7Recipient& recipient) {
  return recipient.unsupported + "\n" + encode_hex(recipient.issuer) + "\n" + encode_hex(recipient.serial) +
         "\n" + encode_hex(recipient.encrypted_key);
}

std::vector<std::string> summaries(const Pkcs7Message& message) {
  std::vector<std::string> all;
  for (const Pkcs7Recipient& recipient : message.recipients) all.push_back(summary(recipient));
  std::ranges::sort(all);
  return all;
}

void write_again(const Pkcs7Message& message) {
  const Bytes written = message.encode();
  const auto again = attempt([&] { return Pkcs7Message::parse(written); });
  // The same in DER may be larger than what was read, and so beyond the limit.
  if (!again) return;
  expect(summaries(*again) == summaries(message), "the recipients that were written");
  expect(again->content == message.content, "the content that was written");
  expect(again->encode() == written, "the same bytes, written twice");
}

void remove_each(const Pkcs7Message& message, ByteView packet) {
  for (std::size_t gone = 0; gone < message.recipients.size(); ++gone) {
    const auto left = attempt([&] { return Pkcs7Message::parse(Pkcs7Message::without(packet, {gone})); });
    if (!left) continue;
    expect(left->recipients.size() + 1 == message.recipients.size(), "one recipient less");
    expect(left->content == message.content, "the same content");
  }
}

}  // namespace

void fuzz(ByteView input) {
  const Pkcs7Message message = Pkcs7Message::parse(input);
  const auto described = must("a packet can be described", [&] { return describe_pkcs7(input); });
  expect(described.size() == message.recipients.size(), "each recipient described");
  if (std::ranges::all_of(message.recipients, &std::string::empty, &Pkcs7Recipient::unsupported))
    write_again(message);
  if (message.recipients.size() > 1 && message.recipients.size() < 8) remove_each(message, input);
  const auto with_certificate = open(input, holder().certificates);
  const auto with_key = open(input, {});
  if (with_certificate && message.recipients.size() == 1)
    expect(with_key == with_certificate, "the key alone opens what the certificate opens");
}

}  // namespace imgcrypt::test

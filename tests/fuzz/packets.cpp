// A layer's annotations of encryption: packets, whom they are for, and both halves of the options. The input
// is the value of each annotation in turn.
#include "layer/packets.hpp"

#include "base/text/encoding.hpp"
#include "fuzz/fuzz.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "layer/describe_recipients.hpp"
#include "layer/private_options.hpp"
#include "layer/without_recipients.hpp"
#include "layer/wrapped_keys.hpp"

#include <algorithm>

namespace imgcrypt::test {
namespace {

void split_and_join(const std::string& value) {
  const auto texts = packets_to_open(kJweAnnotation, value);
  for (const std::string_view text : texts) {
    const auto packet = attempt([&] { return parse_packet(kJweAnnotation, text); });
    if (packet) expect(encode_base64(*packet, Base64::kStandard) == text, "canonical base64");
  }
  // A comma may be lost beside an empty text, which is not a packet.
  if (std::ranges::any_of(texts, &std::string_view::empty)) return;
  expect(without_packets(value, {}) == value, "the value without nothing");
  for (std::size_t i = 0; i < texts.size(); ++i)
    expect(split_packets(without_packets(value, {i})).size() + 1 == texts.size(), "one packet less");
}

void describe(const Annotations& annotations) {
  const LayerRecipients recipients = describe_recipients(annotations);
  expect(recipients.list.size() <= kMostDescribed, "no more recipients than are shown");
  for (const LayerRecipient& recipient : recipients.list)
    expect(annotations.contains(recipient.annotation), "an annotation of the layer");
}

void read_public_options(std::string_view json) {
  const PublicOptions options = PublicOptions::parse(json);
  const PublicOptions again =
      must("public options that were written", [&] { return PublicOptions::parse(options.to_json()); });
  expect(again.hmac == options.hmac, "the HMAC that was written");
}

void read_private_options(ByteView json) {
  const PrivateOptions options = PrivateOptions::parse(SecretBytes::copy_of(json));
  expect(options.key.size() == 32 && options.nonce.size() == 16, "the sizes of key and nonce");
  if (!options.source_digest.empty() && !Digest::parse_if_valid(options.source_digest)) return;
  const PrivateOptions again =
      must("private options that were written", [&] { return PrivateOptions::parse(options.to_json()); });
  expect(std::ranges::equal(again.key.expose(), options.key.expose()) && again.nonce == options.nonce &&
             again.source_digest == options.source_digest,
         "the private options that were written");
}

}  // namespace

void fuzz(ByteView input) {
  const std::string value(as_text(input));
  (void)attempt([&] { split_and_join(value); });
  for (const char* name :
       {kJweAnnotation, kPkcs7Annotation, "org.opencontainers.image.enc.keys.provider.demo",
        "org.opencontainers.image.enc.keys.unknown"}) {
    describe({{name, value}});
    describe({{name, encode_base64(input, Base64::kStandard)}});
  }
  (void)attempt([&] { (void)public_options_of({{"org.opencontainers.image.enc.pubopts", value}}); });
  (void)attempt([&] { read_public_options(value); });
  (void)attempt([&] { read_private_options(input); });
}

}  // namespace imgcrypt::test

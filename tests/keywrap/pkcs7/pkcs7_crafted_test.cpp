// Packets that no writer makes: other algorithms and forms, damage, hostility.
#include "crypto/aes_gcm.hpp"
#include "keys/asn1/der_writer.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "keywrap/pkcs7/pkcs7_algorithms.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"
#include "support/pkcs7.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace test;

// The same message with indefinite lengths throughout and every octet string in two pieces.
Bytes streamed(ByteView der) {
  Bytes ber;
  DerReader reader(der);
  const auto append = [&](ByteView bytes) { ber.insert(ber.end(), bytes.begin(), bytes.end()); };
  while (const auto element = reader.take_any()) {
    const auto tag = static_cast<std::uint8_t>(element->tag);
    const ByteView content = element->content;
    if (element->tag == DerTag::kOctetString) {
      append(Bytes{0x24, 0x80});
      append(der_element(DerTag::kOctetString, {content.first(content.size() / 2)}));
      append(der_element(DerTag::kOctetString, {content.subspan(content.size() / 2)}));
      append(Bytes{0, 0});
    } else if ((tag & 0x20U) != 0) {
      append(Bytes{tag, 0x80});
      append(streamed(content));
      append(Bytes{0, 0});
    } else {
      append(element->whole);
    }
  }
  return ber;
}

// A packet for certificate one around "options" that uses these algorithms.
Bytes packet_with(const AlgorithmId& key_encryption, const AlgorithmId& content_encryption) {
  const SecretBytes content_key = secret("0123456789abcdef");
  const GcmSealed sealed = gcm_seal(content_key, Bytes(kGcmNonceSize), {}, as_bytes("options"));
  Pkcs7Message message;
  message.recipients = {{{},
                         to_bytes(certificate_one().issuer()),
                         to_bytes(certificate_one().serial()),
                         key_encryption,
                         certificate_one().public_key().encrypt_pkcs1(content_key.expose())}};
  message.content_encryption = content_encryption;
  message.content = sealed.ciphertext;
  message.content.insert(message.content.end(), sealed.tag.begin(), sealed.tag.end());
  return message.encode();
}

AlgorithmId gcm_with(const Bytes& parameters) {
  return {aes_128_gcm(Bytes(kGcmNonceSize)).object_id, parameters};
}
TEST(Pkcs7, OpensOaepOnlyWithKeysOfTheCiphersLength) {
  const Pkcs7Message oaep = Pkcs7Message::parse(as_bytes(read_vector("pkcs7/oaep-sha256.der")));
  for (const std::size_t size : {std::size_t{16}, std::size_t{15}, std::size_t{24}, std::size_t{32}}) {
    const SecretBytes content_key = secret(Bytes(size, 7));
    Pkcs7Message message = Pkcs7Message::parse(
        packet_with(oaep.recipients[0].key_encryption, aes_128_gcm(Bytes(kGcmNonceSize))));
    message.recipients[0].encrypted_key =
        certificate_one().public_key().encrypt_oaep(content_key.expose(), OaepHash::kSha256);
    if (size != 15) {
      const GcmSealed sealed = gcm_seal(content_key, Bytes(kGcmNonceSize), {}, as_bytes("options"));
      std::ranges::copy(sealed.ciphertext, message.content.begin());
      std::ranges::copy(sealed.tag, message.content.end() - kGcmTagSize);
    }
    EXPECT_EQ(unwrap(message.encode(), key_one()), size == 16 ? std::optional("options") : std::nullopt)
        << size;
  }
}

TEST(Pkcs7, FailsAlikeWhateverTheKeyCannotOpen) {
  const Bytes packet = wrap({certificate_one()});
  const Pkcs7Message message = Pkcs7Message::parse(packet);
  std::vector<Pkcs7Message> forged(5, message);
  forged[0].recipients[0].encrypted_key[200] ^= 1;
  forged[1].content[0] ^= 1;
  forged[2].content.resize(3);
  // The right padding around a key of the wrong length, and an encrypted key that is not a number below the
  // modulus.
  forged[3].recipients[0].encrypted_key = certificate_one().public_key().encrypt_pkcs1(Bytes(32));
  forged[4].recipients[0].encrypted_key.assign(256, 0xff);
  for (const Pkcs7Message& forgery : forged) {
    EXPECT_EQ(unwrap(forgery.encode(), key_one()), std::nullopt);
    try {
      (void)unwrap(forgery.encode(), key_one(), {certificate_one()});
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
      EXPECT_EQ(error.message(), "layer authentication failed");
    }
  }
}

TEST(Pkcs7, ReadsBothFormsOfTheParametersAndBothKeySizes) {
  const Bytes nonce(kGcmNonceSize);
  const AlgorithmId written = aes_128_gcm(nonce);
  Bytes marked_right = written.parameters;
  marked_right[0] = 0x30;
  EXPECT_EQ(unwrap(packet_with(rsa_pkcs1(), gcm_with(marked_right)), key_one()), "options");

  const SecretBytes content_key = secret("0123456789abcdef0123456789abcdef");
  const GcmSealed sealed = gcm_seal(content_key, nonce, {}, as_bytes("options"));
  Pkcs7Message message = Pkcs7Message::parse(packet_with(rsa_pkcs1(), written));
  message.content_encryption.object_id.back() = 46;
  message.recipients[0].encrypted_key = certificate_one().public_key().encrypt_pkcs1(content_key.expose());
  std::ranges::copy(sealed.ciphertext, message.content.begin());
  std::ranges::copy(sealed.tag, message.content.end() - kGcmTagSize);
  EXPECT_EQ(unwrap(message.encode(), key_one()), "options");
}

TEST(Pkcs7, RefusesOtherParametersBeforeAnyCryptography) {
  const auto element = [](DerTag tag, std::initializer_list<ByteView> parts) {
    return der_element(tag, parts);
  };
  const auto gcm = [&](std::size_t nonce, std::uint8_t tag_size) {
    const Bytes inner = element(DerTag::kSequence, {element(DerTag::kPrimitive4, {Bytes(nonce)}),
                                                    element(DerTag::kInteger, {Bytes{tag_size}})});
    return element(DerTag::kPrimitiveSequence, {inner});
  };
  EXPECT_EQ(unwrap(packet_with(rsa_pkcs1(), gcm_with(gcm(12, 16))), key_one()), "options");
  const Bytes no_tag_size = element(
      DerTag::kPrimitiveSequence, {element(DerTag::kSequence, {element(DerTag::kPrimitive4, {Bytes(12)})})});
  const Bytes rfc5084 = element(DerTag::kSequence, {element(DerTag::kOctetString, {Bytes(12)}),
                                                    element(DerTag::kInteger, {Bytes{16}})});
  for (const Bytes& parameters :
       {gcm(12, 12), gcm(12, 4), gcm(11, 16), gcm(16, 16), no_tag_size, rfc5084, Bytes{}}) {
    EXPECT_EQ(error_with(packet_with(rsa_pkcs1(), gcm_with(parameters))), ErrorCode::kRefused);
  }
  const AlgorithmId unknown = {{0x2a, 0x03, 0x04}, {}};
  EXPECT_EQ(error_with(packet_with(rsa_pkcs1(), unknown)), ErrorCode::kRefused);
  EXPECT_EQ(error_with(packet_with(unknown, gcm_with(gcm(12, 16)))), ErrorCode::kRefused);
}

TEST(Pkcs7, SkipsAKeyEncryptionThatItDoesNotKnow) {
  Pkcs7Message message = Pkcs7Message::parse(wrap({certificate_one()}));
  message.recipients.push_back(message.recipients[0]);
  message.recipients[1].key_encryption.object_id = {0x2a, 0x03, 0x04};
  EXPECT_EQ(unwrap(message.encode(), key_one(), {certificate_one()}), "options");
}

TEST(Pkcs7, ReadsStreamedPackets) {
  for (const char* name :
       {"pkcs7/fullsailor-mozilla-form.der", "pkcs7/o12.der", "pkcs7/smallstep-form.der"}) {
    const Bytes packet = to_bytes(as_bytes(read_vector(name)));
    const Bytes ber = streamed(packet);
    EXPECT_NE(ber, packet);
    EXPECT_EQ(unwrap(ber, key_one(), {certificate_one()}), unwrap(packet, key_one())) << name;
  }
}

TEST(Pkcs7, IgnoresWhatGoIgnores) {
  Bytes packet = wrap({certificate_one()});
  packet[25] = 9;  // the version
  packet.insert(packet.end(), {1, 2, 3});
  EXPECT_EQ(unwrap(packet, key_one()), "options");
}

TEST(Pkcs7, GivesNoWrongPlaintextWhateverByteIsDamaged) {
  const Bytes packet = wrap({certificate_one()});
  for (std::size_t at = 0; at < packet.size(); ++at) {
    for (const std::uint8_t bit : {std::uint8_t{0x01}, std::uint8_t{0x80}}) {
      Bytes damaged = packet;
      damaged[at] ^= bit;
      try {
        EXPECT_EQ(unwrap(damaged, key_one()).value_or("options"), "options") << at;
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::kIntegrity || error.code() == ErrorCode::kRefused) << at;
      }
    }
  }
}

TEST(Pkcs7, OpensNothingWhenEncryptedKeyNonceOrContentAreDamaged) {
  const Bytes packet = wrap({certificate_one()});
  const auto parse = [&] { return Pkcs7Message::parse(packet); };
  for (std::size_t at = 0; at < parse().content.size(); ++at) {
    Pkcs7Message message = parse();
    message.content[at] ^= 1;
    EXPECT_EQ(error_with(message.encode(), {certificate_one()}), ErrorCode::kIntegrity) << at;
  }
  for (std::size_t at = 0; at < 256; at += 5) {
    Pkcs7Message message = parse();
    message.recipients[0].encrypted_key[at] ^= 1;
    EXPECT_EQ(error_with(message.encode(), {certificate_one()}), ErrorCode::kIntegrity) << at;
  }
  for (std::size_t at = 0; at < kGcmNonceSize; ++at) {
    Pkcs7Message message = parse();
    message.content_encryption.parameters[6 + at] ^= 1;
    EXPECT_EQ(error_with(message.encode(), {certificate_one()}), ErrorCode::kIntegrity) << at;
  }
}

TEST(Pkcs7, RefusesMessagesThatAreCutOff) {
  for (const char* name : {"pkcs7/o12.der", "pkcs7/cbc256-stream.der", "pkcs7/fullsailor-mozilla-form.der"}) {
    const Bytes packet = to_bytes(as_bytes(read_vector(name)));
    for (std::size_t size = 0; size < packet.size(); ++size) {
      EXPECT_EQ(error_with(ByteView(packet).first(size), {}, kOnAllowed), ErrorCode::kIntegrity)
          << name << size;
    }
  }
}

TEST(Pkcs7, SurvivesHostileStructures) {
  Bytes deep;
  for (int i = 0; i < 20000; ++i) deep.insert(deep.end(), {0x30, 0x80});
  EXPECT_EQ(error_with(deep), ErrorCode::kIntegrity);
  EXPECT_EQ(error_with(Bytes{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}), ErrorCode::kIntegrity);
  EXPECT_EQ(error_with(Bytes{0x30, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9}), ErrorCode::kIntegrity);
  EXPECT_EQ(error_with(Bytes(kMostPacketBytes, 0x30)), ErrorCode::kIntegrity);
  EXPECT_EQ(error_with(Bytes(kMostPacketBytes + 1, 0x30)), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt

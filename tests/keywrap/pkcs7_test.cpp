#include "keywrap/pkcs7.hpp"

#include "crypto/aes_gcm.hpp"
#include "crypto/der_writer.hpp"
#include "crypto/key_file.hpp"
#include "keywrap/pkcs7_algorithms.hpp"
#include "keywrap/pkcs7_message.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

using namespace test;

constexpr auto kOnAllowed = LegacyCms::kAllowed;
constexpr auto kOnRefused = LegacyCms::kRefused;

Certificate certificate(const std::string& name) { return Certificate::parse(as_bytes(read_vector(name))); }
PrivateKey private_key(const std::string& name) {
  return parse_private_key(as_bytes(read_vector(name)), nullptr);
}

const Certificate& certificate_one() {
  static const Certificate kOne = certificate("keys/cert1.pem");
  return kOne;
}
const Certificate& certificate_two() {
  static const Certificate kTwo = certificate("pkcs7/cert2.pem");
  return kTwo;
}
const PrivateKey& key_one() {
  static const PrivateKey kOne = private_key("keys/rsa.pem");
  return kOne;
}

std::optional<std::string> unwrap(ByteView packet, const PrivateKey& key,
                                  const std::vector<Certificate>& own = {}, LegacyCms legacy = kOnRefused) {
  const auto options = unwrap_pkcs7(key, own, legacy, packet);
  if (!options) return std::nullopt;
  return std::string(as_text(options->expose()));
}

std::optional<ErrorCode> error_with(ByteView packet, const std::vector<Certificate>& own = {},
                                    LegacyCms legacy = kOnRefused) {
  return error_of([&] { (void)unwrap(packet, key_one(), own, legacy); });
}

Bytes wrap(const std::vector<Certificate>& recipients, std::string_view options = "options") {
  return Pkcs7Wrapper(recipients).wrap(secret(options));
}

Bytes vector_bytes(const Table& row) { return to_bytes(as_bytes(read_vector(text(row, "file")))); }

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

TEST(Pkcs7, TreatsTheVectorsAsTheTableSays) {
  std::size_t count = 0;
  for (const auto& row : load_table("pkcs7.json")) {
    const Bytes packet = vector_bytes(row);
    const std::string outcome = text(row, "outcome");
    for (const auto& pair : row.at("keys")) {
      SCOPED_TRACE(text(row, "file") + " " + text(pair, "key"));
      const PrivateKey key = private_key(text(pair, "key"));
      for (const std::vector<Certificate>& own : {{}, std::vector{certificate(text(pair, "certificate"))}}) {
        const auto attempt = [&](LegacyCms legacy) { return unwrap(packet, key, own, legacy); };
        ++count;
        if (outcome == "refuse") {
          EXPECT_EQ(error_of([&] { (void)attempt(kOnAllowed); }), ErrorCode::kRefused);
        } else {
          const bool opens = outcome != "nobody";
          EXPECT_EQ(attempt(kOnAllowed),
                    opens ? std::optional(read_vector(text(row, "plaintext"))) : std::nullopt);
        }
        if (outcome == "open") {
          EXPECT_EQ(attempt(kOnRefused), read_vector(text(row, "plaintext")));
        } else {
          EXPECT_EQ(error_of([&] { (void)attempt(kOnRefused); }), ErrorCode::kRefused);
        }
      }
    }
  }
  EXPECT_EQ(count, 70U);
}

TEST(Pkcs7, DescribesTheRecipientsOfTheVectors) {
  for (const auto& row : load_table("pkcs7.json")) {
    const auto expected = row.at("recipients").get<std::vector<std::string>>();
    if (!expected.empty()) {
      EXPECT_EQ(describe_pkcs7(vector_bytes(row)), expected) << row.at("file");
    } else {
      EXPECT_EQ(error_of([&] { (void)describe_pkcs7(vector_bytes(row)); }), ErrorCode::kRefused);
    }
  }
  EXPECT_EQ(error_of([] { (void)describe_pkcs7(as_bytes("no packet")); }), ErrorCode::kIntegrity);
}

TEST(Pkcs7, OpensNoVectorWithAnotherKey) {
  const PrivateKey stranger = private_key("keys/rsa3072.pem");
  const PrivateKey same_size = private_key("pkcs7/skopeo-new-rsa-b.pem");
  const PrivateKey curve = private_key("keys/p256.pem");
  for (const auto& row : load_table("pkcs7.json")) {
    if (text(row, "outcome") == "refuse" || row.at("file") == "pkcs7/layout-skopeo-new.der") continue;
    for (const PrivateKey* key : {&stranger, &same_size, &curve}) {
      EXPECT_EQ(unwrap(vector_bytes(row), *key, {}, kOnAllowed), std::nullopt) << row.at("file");
    }
  }
}

TEST(Pkcs7, TakesNoGarbageForPlaintextWithoutAuthentication) {
  const Bytes packet = to_bytes(as_bytes(read_vector("pkcs7/rsa2.der")));
  const PrivateKey key = private_key("pkcs7/skopeo-new-rsa-b.pem");
  for (int i = 0; i < 600; ++i) EXPECT_EQ(unwrap(packet, key, {}, kOnAllowed), std::nullopt);
}

TEST(Pkcs7, HintsAtTheWordThatLegacyContentNeeds) {
  try {
    (void)unwrap(as_bytes(read_vector("pkcs7/cbc256.der")), key_one());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), testing::HasSubstr("--allow-legacy-cms"));
  }
}

TEST(Pkcs7, WritesWhatEachRecipientAloneOpens) {
  const Bytes packet =
      wrap({certificate_one(), certificate_two(), certificate("pkcs7/skopeo-new-rsa.cert.pem")});
  EXPECT_EQ(unwrap(packet, key_one()), "options");
  EXPECT_EQ(unwrap(packet, key_one(), {certificate_two(), certificate_one()}), "options");
  EXPECT_EQ(unwrap(packet, private_key("keys/rsa2.pem"), {certificate_two()}), "options");
  EXPECT_EQ(unwrap(packet, private_key("pkcs7/skopeo-new-rsa.pem")), "options");
  EXPECT_EQ(unwrap(packet, private_key("pkcs7/skopeo-new-rsa-b.pem")), std::nullopt);
  EXPECT_EQ(unwrap(packet, private_key("keys/p256.pem")), std::nullopt);
  EXPECT_EQ(describe_pkcs7(packet).size(), 3U);
}

TEST(Pkcs7, WritesTheExactBytesOfThePeers) {
  const std::string options = read_vector("jwe/opts.json");
  Bytes ours = wrap({certificate_one()}, options);
  Bytes theirs = to_bytes(as_bytes(read_vector("pkcs7/smallstep-form.der")));
  ASSERT_EQ(ours.size(), theirs.size());
  // What is random: the encrypted key, the nonce, the ciphertext with its tag.
  constexpr std::array kRandom = {std::pair{121U, 256U}, std::pair{411U, 12U}, std::pair{429U, 209U}};
  for (const auto& [at, size] : kRandom) {
    EXPECT_FALSE(std::equal(ours.begin() + at, ours.begin() + at + size, theirs.begin() + at));
    std::fill_n(ours.begin() + at, size, 0);
    std::fill_n(theirs.begin() + at, size, 0);
  }
  EXPECT_EQ(ours, theirs);
}

TEST(Pkcs7, SortsRecipientsAsDerAsks) {
  const auto forward = Pkcs7Message::parse(wrap({certificate_one(), certificate_two()}));
  const auto backward = Pkcs7Message::parse(wrap({certificate_two(), certificate_one()}));
  for (const auto& message : {forward, backward}) {
    ASSERT_EQ(message.recipients.size(), 2U);
    EXPECT_EQ(message.recipients[0].serial, to_bytes(certificate_one().serial()));
    EXPECT_EQ(message.recipients[1].serial, to_bytes(certificate_two().serial()));
  }
}

TEST(Pkcs7, RefusesCertificatesItCannotUse) {
  EXPECT_EQ(error_of([] { (void)Pkcs7Wrapper({certificate("pkcs7/certec.pem")}); }), ErrorCode::kUsage);
  const std::vector<Certificate> many(250, certificate_one());
  EXPECT_EQ(error_of([&] { (void)wrap(many); }), ErrorCode::kUsage);
}

TEST(Pkcs7, TriesOnlyTheRecipientsThatItsCertificatesName) {
  const Bytes packet = wrap({certificate_one()});
  EXPECT_EQ(unwrap(packet, key_one(), {certificate_two()}), std::nullopt);
  EXPECT_EQ(unwrap(packet, key_one(), {certificate_two(), certificate_one()}), "options");
  Pkcs7Message other_issuer = Pkcs7Message::parse(packet);
  other_issuer.recipients[0].issuer = to_bytes(certificate_two().issuer());
  EXPECT_EQ(unwrap(other_issuer.encode(), key_one(), {certificate_one()}), std::nullopt);
  Pkcs7Message other_serial = Pkcs7Message::parse(packet);
  other_serial.recipients[0].serial = to_bytes(certificate_two().serial());
  EXPECT_EQ(unwrap(other_serial.encode(), key_one(), {certificate_one()}), std::nullopt);
  EXPECT_EQ(unwrap(other_serial.encode(), key_one()), "options");
}

TEST(Pkcs7, OpensOaepWithKeysOfTheCiphersLengthAlone) {
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
  // The right padding around a key of the wrong length, and an encrypted key that is no number below the
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

TEST(Pkcs7, PassesOverAnEncryptionOfTheKeyThatItDoesNotKnow) {
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

TEST(Pkcs7, CallsWhatIsCutOffNoMessage) {
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

TEST(Pkcs7, NeverWritesThePacketTwice) { EXPECT_NE(wrap({certificate_one()}), wrap({certificate_one()})); }

}  // namespace
}  // namespace imgcrypt

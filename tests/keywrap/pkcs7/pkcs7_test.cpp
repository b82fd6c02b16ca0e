#include "keywrap/pkcs7/pkcs7.hpp"

#include "keys/asn1/der_writer.hpp"
#include "keywrap/pkcs7/pkcs7_message.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "support/pkcs7.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

using namespace test;

std::vector<std::string> lines_of(const std::vector<PacketRecipient>& recipients) {
  std::vector<std::string> lines;
  for (const PacketRecipient& recipient : recipients) lines.push_back(recipient.text);
  return lines;
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
        const auto attempt = [&](UnauthenticatedPackets legacy) { return unwrap(packet, key, own, legacy); };
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
    auto expected = row.at("recipients").get<std::vector<std::string>>();
    for (std::string& line : expected) line.insert(0, "pkcs7 ");
    if (!expected.empty()) {
      EXPECT_EQ(lines_of(describe_pkcs7(vector_bytes(row))), expected) << row.at("file");
    } else {
      EXPECT_EQ(error_of([&] { (void)describe_pkcs7(vector_bytes(row)); }), ErrorCode::kRefused);
    }
  }
  EXPECT_EQ(error_of([] { (void)describe_pkcs7(as_bytes("no packet")); }), ErrorCode::kIntegrity);
}

TEST(Pkcs7, OpensNoMoreForARecipientThatIsTakenOut) {
  std::size_t shared = 0;
  for (const auto& row : load_table("pkcs7.json")) {
    const std::size_t recipients = row.at("recipients").size();
    if (text(row, "outcome") != "open" || recipients < 2 || row.at("keys").size() != recipients) continue;
    SCOPED_TRACE(row.at("file"));
    ++shared;
    std::set<std::string> shut_out;
    for (std::size_t i = 0; i < recipients; ++i) {
      const Bytes left = Pkcs7Message::without(vector_bytes(row), {i});
      EXPECT_EQ(describe_pkcs7(left).size(), recipients - 1);
      for (const auto& pair : row.at("keys")) {
        const auto opened = unwrap(left, private_key(text(pair, "key")),
                                   {certificate(text(pair, "certificate"))}, kOnRefused);
        EXPECT_EQ(opened.value_or(read_vector(text(row, "plaintext"))), read_vector(text(row, "plaintext")));
        if (!opened) shut_out.insert(text(pair, "key"));
      }
      EXPECT_EQ(shut_out.size(), i + 1);  // each in its turn, and none of the others
    }
  }
  EXPECT_GE(shared, 2U);
}

TEST(Pkcs7, DescribesHowAKeyWasWrapped) {
  const auto recipients = describe_pkcs7(wrap({certificate_one()}));
  ASSERT_EQ(recipients.size(), 1U);
  EXPECT_EQ(recipients[0].scheme, "pkcs7");
  EXPECT_EQ(recipients[0].algorithm, "RSAES-PKCS1-v1_5");
  EXPECT_EQ(recipients[0].key_kind, "RSA 2048");
  EXPECT_EQ(recipients[0].fingerprint, "issued by CN=ocicrypt test 1,O=Throwaway,C=DE, serial 1001");
  EXPECT_EQ(recipients[0].problem, "");
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

TEST(Pkcs7, DoesNotTakeGarbageForPlaintextWithoutAuthentication) {
  const Bytes packet = to_bytes(as_bytes(read_vector("pkcs7/rsa2.der")));
  const PrivateKey key = private_key("pkcs7/skopeo-new-rsa-b.pem");
  for (int i = 0; i < 600; ++i) EXPECT_EQ(unwrap(packet, key, {}, kOnAllowed), std::nullopt);
}

TEST(Pkcs7, HintsAtTheOptionThatLegacyContentNeeds) {
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

TEST(Pkcs7, SortsRecipientsAsDerRequires) {
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

TEST(Pkcs7, IsOpenedByAPrivateKeyThatSaysWhyNot) {
  const Bytes packet = wrap({certificate_one()});
  Attempts attempts;
  const auto unwrap_with = [&](const std::vector<Certificate>& own) {
    return PrivateKeyUnwrapper("key", key_one(), own).unwrap(kPkcs7Annotation, packet, attempts);
  };
  EXPECT_TRUE(unwrap_with({}));
  EXPECT_TRUE(unwrap_with({certificate_one()}));
  EXPECT_EQ(error_of([&] { (void)unwrap_with({certificate_two()}); }), ErrorCode::kNoKey);
  // Where nobody gave his word, as in the decoder, legacy content is refused.
  const Bytes legacy = to_bytes(as_bytes(read_vector("pkcs7/cbc128.der")));
  EXPECT_EQ(error_of([&] {
              (void)PrivateKeyUnwrapper("key", key_one()).unwrap(kPkcs7Annotation, legacy, attempts);
            }),
            ErrorCode::kRefused);
}

TEST(Pkcs7, TriesABoundedNumberOfRecipients) {
  EXPECT_EQ(error_of([] { (void)wrap(std::vector(65, certificate_one())); }), ErrorCode::kUsage);
  Pkcs7Message message = Pkcs7Message::parse(wrap({certificate_one()}));
  const Pkcs7Recipient own = message.recipients.front();
  // DER's order is by content: what is not for the key comes first.
  Pkcs7Recipient other = own;
  other.encrypted_key[0] = 0;
  other.encrypted_key[1] = 0;
  const auto with_others = [&](std::size_t count) {
    message.recipients.assign(count, other);
    message.recipients.push_back(own);
    return message.encode();
  };
  EXPECT_EQ(unwrap(with_others(Attempts::kMost - 1), key_one()), "options");
  EXPECT_EQ(error_with(with_others(Attempts::kMost)), ErrorCode::kRefused);
}

TEST(Pkcs7, NeverWritesTheSamePacketTwice) {
  EXPECT_NE(wrap({certificate_one()}), wrap({certificate_one()}));
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/jwe/jwe.hpp"

#include "keys/key_file.hpp"
#include "keywrap/jwe/jwe_message.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::set<std::string> kReadable = {
    "RSA-OAEP-256", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "A128GCM",      "A192GCM", "aad", "JWK",
    "DER",          "A128CBC-HS256",  "A192CBC-HS384",  "A256CBC-HS512"};

std::optional<std::string> unwrap_jwe(const std::string& packet, const std::string& pem) {
  Attempts attempts;
  const auto options = unwrap_jwe(parse_private_key(as_bytes(pem), nullptr), as_bytes(packet), attempts);
  if (!options) return std::nullopt;
  return std::string(as_text(options->expose()));
}

// Whether nothing comes out, with an error or without one.
bool is_refused(const std::string& packet, const std::string& pem) {
  try {
    return !unwrap_jwe(packet, pem);
  } catch (const Error&) {
    return true;
  }
}

std::string wrap_jwe(const std::string& name, std::string_view options) {
  const JweWrapper wrapper(parse_recipient_key(as_bytes(read_vector("keys/" + name + ".pub.pem"))));
  return std::string(as_text(wrapper.wrap(secret(options))));
}

TEST(Jwe, OpensEveryPacketItMustWithEachOfItsKeys) {
  std::size_t opened = 0;
  for (const auto& row : load_table("jwe.json")) {
    if (row.at("outcome") != "open" || !needs_only(row, kReadable)) continue;
    const std::string packet = read_vector(text(row, "file"));
    for (const auto& key : row.at("keys")) {
      SCOPED_TRACE(text(row, "file") + " " + key.get<std::string>());
      EXPECT_EQ(unwrap_jwe(packet, read_vector(key)), read_vector(text(row, "plaintext")));
      ++opened;
    }
  }
  EXPECT_GE(opened, 25U);
}

TEST(Jwe, OpensNoPacketWithAnotherKey) {
  for (const auto& row : load_table("jwe.json")) {
    if (row.at("outcome") != "open" || !needs_only(row, kReadable)) continue;
    const std::string packet = read_vector(text(row, "file"));
    for (const auto& key : row.at("wrong_keys")) {
      EXPECT_EQ(unwrap_jwe(packet, read_vector(key)), std::nullopt) << row.at("file") << key;
    }
  }
}

TEST(Jwe, OpensNoMoreForARecipientThatIsTakenOut) {
  std::size_t shared = 0;
  for (const auto& row : load_table("jwe.json")) {
    const std::size_t recipients = row.at("alg").size();
    if (row.at("outcome") != "open" || recipients < 2 || row.at("keys").size() != recipients) continue;
    SCOPED_TRACE(row.at("file"));
    ++shared;
    const std::string packet = read_vector(text(row, "file"));
    std::set<std::string> shut_out;
    for (std::size_t i = 0; i < recipients; ++i) {
      const Bytes left = JweMessage::without(as_bytes(packet), {i});
      EXPECT_EQ(describe_jwe(left).size(), recipients - 1);
      std::size_t opened = 0;
      for (const auto& key : row.at("keys")) {
        const auto opens = unwrap_jwe(std::string(as_text(left)), read_vector(key));
        if (!opens) shut_out.insert(key);
        if (opens) ++opened;
      }
      EXPECT_EQ(opened, recipients - 1);
      // go-jose repeats the first recipient's key beside the list.
      EXPECT_FALSE(Table::parse(as_text(left)).contains("encrypted_key"));
    }
    EXPECT_EQ(shut_out.size(), recipients);  // each in its turn
  }
  EXPECT_GE(shared, 3U);
}

TEST(Jwe, KeepsOddMembersOfAPacketThatLosesARecipient) {
  const std::string odd = R"({"\ud800":1,)";
  const std::string packet = odd + read_vector("jwe/jwcrypto-two-rsa.json").substr(1);
  const Bytes left = JweMessage::without(as_bytes(packet), {0});
  EXPECT_TRUE(as_text(left).starts_with(odd));
  EXPECT_EQ(describe_jwe(left).size(), 1U);
}

TEST(Jwe, RefusesEveryPacketItMust) {
  for (const auto& row : load_table("jwe.json")) {
    if (row.at("outcome") != "refuse") continue;
    for (const auto& key : row.at("keys")) {
      EXPECT_TRUE(is_refused(read_vector(text(row, "file")), read_vector(key))) << row.at("file") << key;
    }
  }
}

TEST(Jwe, TreatsTheExamplesOfTheRfcsAsTheyAsk) {
  for (const char* name : {"rfc/rfc7516.json", "rfc/rfc7520.json"}) {
    const auto table = load_table(name);
    for (const auto& row : table.at("examples")) {
      const auto& key = table.at("keys").at(text(row, "key"));
      if (!key.contains("pem")) continue;
      SCOPED_TRACE(row.at("name"));
      if (row.at("outcome") == "refuse") {
        EXPECT_TRUE(is_refused(text(row, "jwe"), text(key, "pem")));
      } else if (needs_only(row, kReadable)) {
        EXPECT_EQ(unwrap_jwe(text(row, "jwe"), text(key, "pem")), text(row, "plaintext"));
      }
    }
  }
}

TEST(Jwe, WritesWhatOnlyItsOwnKeyOpens) {
  for (const char* name : {"rsa", "rsa3072", "p256", "p384", "p521"}) {
    const std::string packet = wrap_jwe(name, "options");
    for (const char* key : {"rsa", "rsa3072", "p256", "p384", "p521"}) {
      const auto opened = unwrap_jwe(packet, read_vector("keys/" + std::string(key) + ".pem"));
      EXPECT_EQ(opened.has_value(), std::string(name) == key) << name << " " << key;
      EXPECT_EQ(opened.value_or("options"), "options");
    }
  }
}

TEST(Jwe, WritesOneFlattenedMessageThatNamesItsKey) {
  const PublicKey key = parse_public_key(as_bytes(read_vector("keys/p384.pub.pem")));
  const auto packet = Table::parse(wrap_jwe("p384", "options"));
  EXPECT_FALSE(packet.contains("recipients"));
  const auto header = decode_base64(text(packet, "protected"), Base64::kUrl);
  ASSERT_TRUE(header);
  const auto json = Table::parse(as_text(*header));
  EXPECT_EQ(text(json, "alg"), "ECDH-ES+A256KW");
  EXPECT_EQ(text(json, "enc"), "A256GCM");
  EXPECT_EQ(text(json, "kid"), key.thumbprint());
}

TEST(Jwe, NeverWritesTheSamePacketTwice) {
  EXPECT_NE(wrap_jwe("rsa", "options"), wrap_jwe("rsa", "options"));
}

TEST(Jwe, OpensNothingThatWasChanged) {
  const std::string pem = read_vector("keys/p256.pem");
  const auto packet = Table::parse(wrap_jwe("p256", "options"));
  for (const char* part : {"protected", "encrypted_key", "iv", "ciphertext", "tag"}) {
    auto bytes = decode_base64(text(packet, part), Base64::kUrl);
    ASSERT_TRUE(bytes);
    for (std::size_t at = 0; at < bytes->size(); ++at) {
      Bytes changed = *bytes;
      changed[at] ^= 1;
      Table forged = packet;
      forged[part] = encode_base64(changed, Base64::kUrl);
      EXPECT_TRUE(is_refused(forged.dump(), pem)) << part << at;
    }
    Table cut = packet;
    cut[part] = encode_base64(ByteView(*bytes).first(bytes->size() - 1), Base64::kUrl);
    EXPECT_TRUE(is_refused(cut.dump(), pem)) << part;
    cut.erase(part);
    EXPECT_TRUE(is_refused(cut.dump(), pem)) << part;
  }
}

TEST(Jwe, TriesABoundedNumberOfRecipients) {
  for (const char* name : {"rsa", "p256"}) {
    SCOPED_TRACE(name);
    const auto packet = Table::parse(wrap_jwe(name, "options"));
    Table message = {{"iv", packet["iv"]}, {"ciphertext", packet["ciphertext"]}, {"tag", packet["tag"]}};
    const auto header = Table::parse(*decode_base64(text(packet, "protected"), Base64::kUrl));
    const Table recipient = {{"header", header}, {"encrypted_key", packet["encrypted_key"]}};
    const auto tried_with = [&](const char* key, std::size_t count) {
      message["recipients"] = std::vector(count, recipient);
      return error_of(
          [&] { (void)unwrap_jwe(message.dump(), read_vector("keys/" + std::string(key) + ".pem")); });
    };
    // Authentication fails for each, as the protected header is another.
    EXPECT_EQ(tried_with(name, Attempts::kMost), ErrorCode::kIntegrity);
    EXPECT_EQ(tried_with(name, Attempts::kMost + 1), ErrorCode::kRefused);
    EXPECT_EQ(tried_with("rsa3072", Attempts::kMost + 1), std::nullopt) << "of another size: costs nothing";
    EXPECT_EQ(tried_with("p384", Attempts::kMost + 1), std::nullopt) << "of another curve: costs nothing";
  }
}

TEST(Jwe, SurvivesPacketsCutAnywhere) {
  const std::string pem = read_vector("keys/p256.pem");
  for (const char* name : {"jwe/jwcrypto-p256.compact", "jwe/jwcrypto-two-curves.json"}) {
    const std::string packet = read_vector(name);
    const std::size_t end = packet.find_last_not_of(" \n");
    for (std::size_t size = 0; size < end; ++size) {
      EXPECT_TRUE(is_refused(packet.substr(0, size), pem)) << name << size;
    }
  }
}

TEST(Jwe, RefusesHeaderParametersThatOccurTwice) {
  auto packet = Table::parse(wrap_jwe("p256", "options"));
  for (const char* place : {"header", "unprotected"}) {
    Table twice = packet;
    twice[place] = {{"alg", "ECDH-ES+A256KW"}};
    EXPECT_EQ(error_of([&] { (void)unwrap_jwe(twice.dump(), read_vector("keys/p256.pem")); }),
              ErrorCode::kIntegrity);
  }
}

TEST(Jwe, DescribesItsRecipients) {
  const auto described = [](const std::string& packet) { return describe_jwe(as_bytes(packet)); };
  const PublicKey key = parse_public_key(as_bytes(read_vector("keys/rsa.pub.pem")));
  const auto own = described(wrap_jwe("rsa", "options"));
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].text, "jwe RSA-OAEP key " + key.thumbprint());
  EXPECT_EQ(own[0].key_kind, "RSA 2048");
  EXPECT_EQ(own[0].fingerprint, key.thumbprint());
  EXPECT_THAT(described(wrap_jwe("p384", "options"))[0].text,
              testing::StartsWith("jwe ECDH-ES+A256KW P-384 key "));
  const auto foreign = described(read_vector("jwe/jwcrypto-two-curves.json"));
  ASSERT_EQ(foreign.size(), 2U);
  EXPECT_EQ(foreign[0].text, "jwe ECDH-ES+A256KW unknown P-256 recipient");
  const auto junk =
      described(R"({"protected":"e30","encrypted_key":"AA","iv":"AA","ciphertext":"AA","tag":"AA"})");
  EXPECT_EQ(junk.at(0).text, "jwe unknown recipient (content encryption not supported)");
  EXPECT_EQ(error_of([&] { (void)described("no packet"); }), ErrorCode::kIntegrity);
}

TEST(Jwe, IsWrittenAsTheJwkSays) {
  struct Case {
    const char* jwk;
    const char* algorithm;
    const char* key_id;
  };
  for (const Case& row :
       {Case{"rsa256", "RSA-OAEP-256", "mykid"}, Case{"p256a128", "ECDH-ES+A128KW", "k1"},
        Case{"rsanoalg", "RSA-OAEP", "GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8"},
        Case{"p256noalg", "ECDH-ES+A256KW", "bfoP3Efr4R8lBXeg43mb8ZUUTJkqcopD0ComhFwSmcE"}}) {
    SCOPED_TRACE(row.jwk);
    const std::string file = std::string("keys/") + row.jwk;
    const JweWrapper wrapper(parse_recipient_key(as_bytes(read_vector(file + ".pub.jwk"))));
    const Bytes packet = wrapper.wrap(secret("options"));
    const JweMessage message = JweMessage::parse(packet);
    EXPECT_EQ(message.recipients.at(0).algorithm, row.algorithm);
    EXPECT_EQ(message.recipients.at(0).key_id, row.key_id);
    EXPECT_EQ(unwrap_jwe(std::string(as_text(packet)), read_vector(file + ".jwk")), "options");
  }
}

TEST(Jwe, IsNotWrittenWithOtherAlgorithms) {
  EXPECT_EQ(
      error_of([] { JweWrapper(parse_recipient_key(as_bytes(read_vector("keys/p256direct.pub.jwk")))); }),
      ErrorCode::kUsage);
}

}  // namespace
}  // namespace imgcrypt

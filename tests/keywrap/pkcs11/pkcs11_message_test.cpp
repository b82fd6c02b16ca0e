#include "keywrap/pkcs11/pkcs11_message.hpp"

#include "keys/key_file.hpp"
#include "keywrap/pkcs11/pkcs11_scheme.hpp"
#include "keywrap/user_key.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

std::string message_with(const std::string& recipients, const std::string& version = "0") {
  return R"({"version":)" + version + R"(,"recipients":)" + recipients + "}";
}

std::string recipient_with(const std::string& hash, const std::string& blob = "AAEC",
                           const std::string& version = "0") {
  return R"({"version":)" + version + R"(,"blob":")" + blob + R"(","hash":")" + hash + R"("})";
}

std::optional<OaepHash> hash_in(const std::string& recipient) {
  return parse_pkcs11_message(as_bytes(message_with("[" + recipient + "]"))).front().hash;
}

std::optional<ErrorCode> error_of_message(const std::string& text) {
  return error_of([&] { (void)parse_pkcs11_message(as_bytes(text)); });
}

TEST(Pkcs11Message, HasAHashForEachRecipient) {
  EXPECT_EQ(hash_in(recipient_with("sha1")), OaepHash::kSha1);
  EXPECT_EQ(hash_in(recipient_with("sha256")), OaepHash::kSha256);
  EXPECT_EQ(hash_in(recipient_with("")), OaepHash::kSha1);
  EXPECT_EQ(hash_in(R"({"blob":"AAEC"})"), OaepHash::kSha1);
}

TEST(Pkcs11Message, PassesOverRecipientsThatCannotBeRead) {
  for (const std::string& odd :
       {recipient_with("sha512"), recipient_with("SHA1"), recipient_with("sha1", ""),
        recipient_with("sha1", "A"), recipient_with("sha1", "AAEC", "1"), std::string("{}")})
    EXPECT_EQ(hash_in(odd), std::nullopt) << odd;
  const auto recipients = parse_pkcs11_message(
      as_bytes(message_with("[" + recipient_with("sha512") + "," + recipient_with("sha1") + "]")));
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[1].encrypted, (Bytes{0, 1, 2}));
}

TEST(Pkcs11Message, IsRefusedInOtherForms) {
  EXPECT_EQ(error_of_message(message_with("[" + recipient_with("sha1") + "]", "1")), ErrorCode::kRefused);
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), message_with("[]"), message_with("null"),
        message_with("{}"), message_with("[1]"), message_with("[" + recipient_with("sha1") + "]") + "x",
        message_with("[" + recipient_with("sha1") + "]", "-1"),
        std::string(R"({"Version":0,"recipients":[]})")})
    EXPECT_EQ(error_of_message(text), ErrorCode::kIntegrity) << text;
}

TEST(Pkcs11Message, IsRefusedWithAFloodOfRecipients) {
  std::string many = recipient_with("sha1");
  for (std::size_t i = 1; i < kMostPkcs11Recipients; ++i) many += "," + recipient_with("sha1");
  EXPECT_EQ(error_of_message(message_with("[" + many + "]")), std::nullopt);
  EXPECT_EQ(error_of_message(message_with("[" + many + "," + recipient_with("sha1") + "]")),
            ErrorCode::kRefused);
}

TEST(Pkcs11Message, IsRefusedWhereverItIsCut) {
  const std::string whole = read_vector("pkcs11/p11-pub-sha1.json");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(error_of_message(whole.substr(0, size)), ErrorCode::kIntegrity) << size;
}

// What ocicrypt writes, and we write the same.
TEST(Pkcs11Message, IsWrittenAsOthersWriteIt) {
  for (const char* name : {"p11-3072", "p11-pub-sha1"}) {
    const std::string whole = read_vector("pkcs11/" + std::string(name) + ".json");
    EXPECT_EQ(as_text(format_pkcs11_message(parse_pkcs11_message(as_bytes(whole)))), whole);
  }
}

TEST(Pkcs11Message, LosesRecipients) {
  const std::string kept = R"( { "blob" : "AAEC", "more":[1] } )";
  const std::string whole =
      R"({"more": 1, "recipients": [)" + recipient_with("sha1") + "," + kept + R"(], "x":{}})";
  EXPECT_EQ(as_text(without_pkcs11_recipients(as_bytes(whole), {0})),
            R"({"more": 1, "recipients": [{ "blob" : "AAEC", "more":[1] }], "x":{}})");
  EXPECT_EQ(parse_pkcs11_message(without_pkcs11_recipients(as_bytes(whole), {})).size(), 2U);
}

std::optional<std::string> opened_packet(const std::string& name, const std::string& key) {
  const UserKey user_key{parse_private_key(as_bytes(read_vector("keys/" + key)), nullptr)};
  Attempts attempts;
  const auto options =
      kPkcs11Scheme.unwrap(user_key, as_bytes(read_vector("pkcs11/" + name + ".json")), attempts);
  return options ? std::optional(std::string(as_text(options->expose()))) : std::nullopt;
}

TEST(Pkcs11Scheme, OpensPacketsWithKeysOfFiles) {
  const std::string expected = read_vector("pkcs11/opts.json");
  EXPECT_EQ(opened_packet("p11-3072", "rsa3072.pem"), expected);
  EXPECT_EQ(opened_packet("p11-pub-sha1", "rsa.pem"), expected);
  EXPECT_EQ(opened_packet("p11-pub-sha1", "rsa2.pem"), std::nullopt);
  EXPECT_EQ(opened_packet("p11-pub-sha1", "rsa3072.pem"), std::nullopt);
}

TEST(Pkcs11Scheme, ListsWhatPacketsHave) {
  const auto described = [](const std::string& message) {
    return kPkcs11Scheme.describe(kPkcs11Scheme.annotation, as_bytes(message)).front().text;
  };
  EXPECT_EQ(described(read_vector("pkcs11/p11-3072.json")), "pkcs11 RSA-OAEP-256 key (RSA 3072)");
  EXPECT_EQ(described(read_vector("pkcs11/p11-pub-sha1.json")), "pkcs11 RSA-OAEP key (RSA 2048)");
  EXPECT_EQ(described(message_with("[" + recipient_with("sha3") + "]")), "pkcs11 (not supported)");
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/parse_recipients.hpp"

#include "keywrap/jwe/jwe.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "keywrap/provider/key_providers.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kPrivateKeyFile = std::string(VECTORS) + "/keys/rsa.pem";

void no_note(Remark, const std::string& text) { ADD_FAILURE() << text; }

std::shared_ptr<KeyProviders> no_providers() { return std::make_shared<KeyProviders>(ProviderSettings()); }

TEST(Recipient, IsAPublicKeyFileOfTheJweScheme) {
  const auto wrappers = parse_recipients({"jwe:" + std::string(VECTORS) + "/keys/rsa.pub.pem",
                                          "jwe:" + std::string(VECTORS) + "/keys/p256.pub.pem"},
                                         no_providers(), no_note);
  ASSERT_EQ(wrappers.size(), 2U);
  EXPECT_EQ(wrappers[0]->annotation(), kJweAnnotation);
}

std::string fresh_recipient() {
  static int count = 0;
  const std::string file =
      testing::TempDir() + "recipient." + std::to_string(::getpid()) + "." + std::to_string(++count);
  std::ofstream(file) << PrivateKey::generate_ec("P-256").public_key().to_pem();
  return "jwe:" + file;
}

TEST(Recipient, ThereAreNoMoreThanReadersTake) {
  std::vector<std::string> recipients;
  while (recipients.size() < kMostPackets) recipients.push_back(fresh_recipient());
  EXPECT_EQ(parse_recipients(recipients, no_providers(), no_note).size(), kMostPackets);
  recipients.push_back(fresh_recipient());
  try {
    (void)parse_recipients(recipients, no_providers(), no_note);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
  for (const std::string& recipient : recipients) std::filesystem::remove(recipient.substr(4));
}

TEST(Recipient, GivenTwiceIsOne) {
  const std::string recipient = "jwe:" + std::string(VECTORS) + "/keys/p256.pub.pem";
  EXPECT_EQ(parse_recipients({recipient, recipient}, no_providers(), no_note).size(), 1U);
}

TEST(Recipient, IsNamedInTheErrorWhenItCannotBeUsed) {
  for (const std::string& recipient : {std::string("jwe:/missing.pem"), "jwe:" + kPrivateKeyFile,
                                       std::string("other:someone"), std::string(), kPrivateKeyFile}) {
    try {
      (void)parse_recipients({recipient}, no_providers(), no_note);
      ADD_FAILURE() << recipient;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.message(), testing::HasSubstr(recipient));
    }
  }
}

TEST(Recipient, IsNamedOnce) {
  for (const std::string& recipient : {std::string("jwe:/missing.pem"), std::string("pkcs7:/tmp")}) {
    const std::string message =
        failure([&] { (void)parse_recipients({recipient}, no_providers(), no_note); }).message();
    const std::string path = recipient.substr(recipient.find(':') + 1);
    EXPECT_EQ(message.find(path), message.rfind(path)) << message;
  }
}

TEST(Recipient, OfSeveralCertificatesIsTheFirstWithANote) {
  const std::string chain = testing::TempDir() + "chain-of-certificates.pem";
  std::ofstream(chain) << read_vector("keys/cert1.pem") << read_vector("pkcs7/cert2.pem");
  std::string note;
  const auto wrappers = parse_recipients({"pkcs7:" + chain}, no_providers(),
                                         [&](Remark, const std::string& text) { note += text; });
  ASSERT_EQ(wrappers.size(), 1U);
  EXPECT_EQ(describe_pkcs7(wrappers[0]->wrap(secret("options"))).size(), 1U);
  EXPECT_THAT(note,
              testing::HasSubstr(
                  "only the first of its 2 certificates is used, certificate issued by CN=ocicrypt test 1"));
}

std::string hint_for(const std::string& recipient) {
  return failure([&] { (void)parse_recipients({recipient}, no_providers(), no_note); }).hint();
}

TEST(Recipient, IsGuessedWhenItCannotBeUsed) {
  const std::string keys = std::string(VECTORS) + "/keys/";
  const std::string certificate = keys + "cert1.pem";
  const std::string key = keys + "rsa.pub.pem";
  const std::string sodium = testing::TempDir() + "sodium.key." + std::to_string(::getpid());
  std::ofstream(sodium) << "sodium-x25519-secret-AAAA\n";
  std::ofstream(sodium + ".pub") << "sodium-x25519-public-AAAA\n";
  const std::string alone = sodium + ".alone";
  std::ofstream(alone) << "sodium-x25519-secret-AAAA\n";
  const std::string copy = testing::TempDir() + "copy." + std::to_string(::getpid());
  std::ofstream(copy + ".pub") << read_vector("keys/rsa.pub.pem");
  const std::pair<std::string, std::string> cases[] = {
      {key, "did you mean jwe:" + key + "?"},
      {"pkcs7:" + key, "did you mean jwe:" + key + "?"},
      {certificate, "did you mean pkcs7:" + certificate + "?"},
      {"jwe:" + certificate, "did you mean pkcs7:" + certificate + "?"},
      {"jew:" + key, "did you mean jwe:" + key + "?"},
      {sodium + ".pub", "did you mean provider:sodium:" + sodium + ".pub?"},
      {"jwe:" + sodium + ".pub", "did you mean provider:sodium:" + sodium + ".pub?"},
      {"sodium:" + sodium + ".pub", "did you mean provider:sodium:" + sodium + ".pub?"},
      {"sodium-x25519-public-AAAA", "did you mean provider:sodium:sodium-x25519-public-AAAA?"},
      {"jwe:" + sodium, "it is a private key; did you mean provider:sodium:" + sodium + ".pub?"},
      {"jwe:" + alone, "imgcrypt key public " + alone + " >" + alone + ".pub"},
      {kPrivateKeyFile, "imgcrypt key public " + kPrivateKeyFile},
      {"jwe:" + copy, "did you mean jwe:" + copy + ".pub?"},
      {"jwe:" + key + ",jwe:" + key, "-r RECIPIENT -r RECIPIENT"},
      {"jwe:~/key.pem", "$HOME"},
      {"jwe:/missing.pem", "write jwe:PUBLICKEY with the path of a file"},
      {"age1qqqq", "did you mean age:age1qqqq?"},
      {"ssh-rsa AAAA", "did you mean age:ssh-rsa AAAA?"},
      {keys + "rsa.openssh.pub", "did you mean age:" + keys + "rsa.openssh.pub?"},
      {"jwe:" + keys + "rsa.openssh", "did you mean age:" + keys + "rsa.openssh.pub?"},
      {"tpm2:someone", "encrypt for its public half"},
      {"tang:someone", "write jwe:PUBLICKEY"},
      {keys + "pgp1.pub", "did you mean pgp:" + keys + "pgp1.pub?"},
      // A missing program is said before anything else: no other recipient would do.
      {"pgp:" + keys + "pgp1.sec", "it comes with imgcrypt"}};
  for (const auto& [recipient, hint] : cases)
    EXPECT_THAT(hint_for(recipient), testing::HasSubstr(hint)) << recipient;
  for (const std::string& file : {sodium, sodium + ".pub", alone, copy + ".pub"})
    std::filesystem::remove(file);
}

TEST(Recipient, OfAListIsNamedByItsLine) {
  const Error error = failure([&] {
    (void)parse_recipients(std::vector<RecipientText>{{"jwe:/missing.pem", "team: line 3"}}, no_providers(),
                           no_note);
  });
  EXPECT_THAT(error.message(), testing::StartsWith("team: line 3: recipient jwe:/missing.pem: "));
}

TEST(Recipient, WithACurveCertificateIsNamed) {
  const std::string recipient = "pkcs7:" + std::string(VECTORS) + "/pkcs7/certec.pem";
  EXPECT_THAT(failure([&] { (void)parse_recipients({recipient}, no_providers(), no_note); }).message(),
              testing::StartsWith("recipient " + recipient));
}

}  // namespace
}  // namespace imgcrypt

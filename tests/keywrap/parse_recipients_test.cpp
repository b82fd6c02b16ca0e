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

void no_note(const std::string& text) { ADD_FAILURE() << text; }

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
  std::vector<std::string> recipients(kMostPackets);
  std::ranges::generate(recipients, fresh_recipient);
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
                                       std::string("pgp:someone"), std::string(), kPrivateKeyFile}) {
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
  const auto wrappers =
      parse_recipients({"pkcs7:" + chain}, no_providers(), [&](const std::string& text) { note += text; });
  ASSERT_EQ(wrappers.size(), 1U);
  EXPECT_EQ(describe_pkcs7(wrappers[0]->wrap(secret("options"))).size(), 1U);
  EXPECT_THAT(note,
              testing::HasSubstr(
                  "only the first of its 2 certificates is used, certificate issued by CN=ocicrypt test 1"));
}

TEST(Recipient, WithACurveCertificateIsNamed) {
  const std::string recipient = "pkcs7:" + std::string(VECTORS) + "/pkcs7/certec.pem";
  EXPECT_THAT(failure([&] { (void)parse_recipients({recipient}, no_providers(), no_note); }).message(),
              testing::StartsWith("recipient " + recipient));
}

}  // namespace
}  // namespace imgcrypt

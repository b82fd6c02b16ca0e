#include "keywrap/recipient_pattern.hpp"

#include "keys/key_file.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

PacketRecipient jwe_recipient(const std::string& fingerprint) {
  return {.scheme = "jwe", .fingerprint = fingerprint};
}

TEST(RecipientPattern, OfAKeyFileMatchesItsThumbprintAndItsKeyId) {
  const std::string file = "keys/p256a128.pub.jwk";
  const PublicJwk key = parse_recipient_key(as_bytes(read_vector(file)));
  const auto pattern = RecipientPattern::parse("jwe:" + std::string(VECTORS) + "/" + file);
  ASSERT_FALSE(key.key_id.empty());
  EXPECT_TRUE(pattern.matches(jwe_recipient(key.key.thumbprint())));
  EXPECT_TRUE(pattern.matches(jwe_recipient(key.key_id)));
  EXPECT_FALSE(pattern.matches(jwe_recipient("")));
  EXPECT_FALSE(pattern.matches({.scheme = "pkcs7", .fingerprint = key.key_id}));
}

TEST(RecipientPattern, OfAProviderMatchesAllOfItsRecipients) {
  const auto pattern = RecipientPattern::parse("provider:demo");
  EXPECT_TRUE(pattern.matches({.scheme = "provider:demo"}));
  EXPECT_FALSE(pattern.matches({.scheme = "provider:other"}));
  EXPECT_EQ(error_of([] { (void)RecipientPattern::parse("provider:demo:key"); }), ErrorCode::kUsage);
}

TEST(RecipientPattern, WithoutASchemeIsAFingerprintOrItsBeginning) {
  for (const char* beginning : {"1234", "12345", "123456789"}) {
    EXPECT_TRUE(RecipientPattern::parse(beginning).matches(jwe_recipient("123456789"))) << beginning;
    EXPECT_TRUE(RecipientPattern::parse(beginning).is_beginning());
  }
  EXPECT_FALSE(RecipientPattern::parse("1235").matches(jwe_recipient("123456789")));
  EXPECT_FALSE(RecipientPattern::parse("123").matches(jwe_recipient("1234")));
  EXPECT_TRUE(RecipientPattern::parse("123").matches(jwe_recipient("123")));
}

TEST(RecipientPattern, IsNotTheNameOfAFile) {
  const std::string file = std::string(VECTORS) + "/keys/rsa.pub.pem";
  const Error error = failure([&] { (void)RecipientPattern::parse(file); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_EQ(error.hint(), "did you mean jwe:" + file + "?");
}

TEST(RecipientPattern, NamesTheRecipientInItsError) {
  const Error error = failure([] { (void)RecipientPattern::parse("jwe:/missing.pem"); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.message(), testing::StartsWith("recipient jwe:/missing.pem: "));
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/age/age_scheme.hpp"

#include "keywrap/age/age_header.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;

std::vector<PacketRecipient> described(const std::string& packet) {
  return kAgeScheme.describe(kAgeScheme.annotation, as_bytes(packet));
}

std::vector<std::string> texts_of(const std::string& packet) {
  std::vector<std::string> texts;
  for (const PacketRecipient& recipient : described(packet)) texts.push_back(recipient.text);
  return texts;
}

std::string age_file(const std::string& name) {
  const std::string vector = read_vector("age/" + name);
  return vector.substr(vector.find("\n\n") + 2);
}

TEST(AgeScheme, ListsWhatPacketsName) {
  const auto recipients = described(read_vector("age-ssh/both.age"));
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[0].text, "age ssh-ed25519 key " + recipients[0].fingerprint);
  EXPECT_EQ(recipients[0].key_kind, "Ed25519");
  EXPECT_EQ(recipients[1].algorithm, "ssh-rsa");
  EXPECT_EQ(recipients[1].key_kind, "RSA 2048");
  EXPECT_THAT(texts_of(age_file("x25519_multiple_recipients")),
              ElementsAre("age X25519 key", "age X25519 key"));
}

TEST(AgeScheme, ListsOtherKindsAsNotSupported) {
  EXPECT_THAT(texts_of(age_file("scrypt")), ElementsAre("age scrypt (not supported)"));
  EXPECT_THAT(texts_of(age_file("hybrid")), ElementsAre("age mlkem768x25519 (not supported)"));
}

TEST(AgeScheme, PassesOverStanzasThatAreForNobody) {
  const std::string file = age_file("x25519_grease");
  EXPECT_GT(parse_age_header(as_bytes(file)).stanzas.size(), 1U);
  EXPECT_THAT(texts_of(file), ElementsAre("age X25519 key"));
}

// What opens or names a recipient counts, and nothing that only looks like it. Of a program that somebody has
// configured under this name nothing is known.
TEST(AgeScheme, ListsJunkAsWhatItIs) {
  for (const char* junk : {"{}", "junk"}) {
    const auto recipients = described(junk);
    ASSERT_EQ(recipients.size(), 1U);
    EXPECT_EQ(recipients[0].text, "age (not an age file)");
    EXPECT_EQ(recipients[0].problem, "not an age file");
  }
  const std::string mac = "--- " + std::string(43, 'A') + "\n";
  const std::string point(43, 'A');
  const std::string start = "age-encryption.org/v1\n";
  EXPECT_THAT(texts_of(start + "-> X25519 " + point + "\n" + point + "\n" + mac),
              ElementsAre("age X25519 key"));
  for (const std::string& stanza :
       {"-> X25519 AAAA\n" + point, "-> X25519 " + point + "\nAAAA", "-> X25519\n" + point,
        "-> ssh-ed25519 AAAAAA\n" + point, std::string("-> ssh-rsa AAAAAA\nAAAA")}) {
    const auto recipients = described(start + stanza + "\n" + mac);
    ASSERT_EQ(recipients.size(), 1U);
    EXPECT_THAT(recipients[0].problem, testing::HasSubstr("a damaged stanza")) << stanza;
  }
  EXPECT_EQ(error_of([] { (void)described("age-encryption.org/v1\n-> X25519\n"); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([] { (void)described("age-encryption.org/v2\n"); }), ErrorCode::kRefused);
}

TEST(AgeScheme, FindsSshKeysByTheirTags) {
  const auto recipients = described(read_vector("age-ssh/both.age"));
  const std::string folder = std::string(VECTORS) + "/age-ssh/";
  for (const std::size_t i : {0U, 1U}) {
    const std::string file = folder + (i == 0 ? "ed25519.pub" : "rsa.pub");
    const std::string text = read_vector(i == 0 ? "age-ssh/ed25519.pub" : "age-ssh/rsa.pub");
    for (const std::string& value : {file, text, text.substr(0, text.rfind(' '))}) {
      const RecipientPattern pattern = kAgeScheme.pattern(value);
      EXPECT_TRUE(pattern.matches(recipients[i])) << value;
      EXPECT_FALSE(pattern.matches(recipients[1 - i])) << value;
    }
  }
  for (const std::string& other : {folder + "ecdsa", std::string("age1qqqq"), folder + "absent"})
    EXPECT_EQ(error_of([&] { (void)kAgeScheme.pattern(other); }), ErrorCode::kUsage) << other;
}

}  // namespace
}  // namespace imgcrypt

#include "layer/describe_recipients.hpp"

#include "keywrap/jwe/jwe.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kPrefix = "org.opencontainers.image.enc.keys.";

std::string encoded(const std::string& vector) {
  return encode_base64(as_bytes(read_vector(vector)), Base64::kStandard);
}

std::vector<std::string> lines_of(const LayerRecipients& recipients) {
  std::vector<std::string> lines;
  for (const LayerRecipient& row : recipients.list) lines.push_back(row.recipient.text);
  return lines;
}

TEST(LayerRecipients, AreFoundAgainInTheirPackets) {
  const Annotations annotations = {
      {kJweAnnotation, encoded("jwe/jwcrypto-two-curves.json") + "," + encoded("jwe/rsaoaep.json")},
      {kPkcs7Annotation, encoded("pkcs7/layout-skopeo193-multi.der")}};
  struct Place {
    std::string annotation;
    std::size_t packet, position;
    bool operator==(const Place&) const = default;
  };
  std::vector<Place> places;
  for (const LayerRecipient& row : describe_recipients(annotations).list)
    places.push_back({row.annotation, row.packet, row.position});
  const std::vector<Place> expected = {{kJweAnnotation, 0, 0},
                                       {kJweAnnotation, 0, 1},
                                       {kJweAnnotation, 1, 0},
                                       {kPkcs7Annotation, 0, 0},
                                       {kPkcs7Annotation, 0, 1}};
  EXPECT_EQ(places, expected);
}

TEST(LayerRecipients, OfOtherSchemesAreOneForEachAnnotation) {
  const LayerRecipients recipients = describe_recipients({{kPrefix + "other", "AAAA,AAAA"},
                                                          {kPrefix + "provider.demo", "AAAA,AAAA"},
                                                          {kPrefix + "later", ""},
                                                          {"org.opencontainers.image.enc.pubopts", "AAAA"}});
  EXPECT_THAT(lines_of(recipients),
              testing::ElementsAre("other (scheme not supported)", "key provider demo"));
  EXPECT_EQ(recipients.list[1].recipient.scheme, "provider:demo");
}

TEST(LayerRecipients, AreListedBesidePacketsThatCannotBeRead) {
  const std::string good = encoded("jwe/jwcrypto-two-curves.json");
  const LayerRecipients recipients = describe_recipients({{kJweAnnotation, "*," + good + ",AAAA,"}});
  EXPECT_THAT(lines_of(recipients),
              testing::ElementsAre(testing::MatchesRegex(R"(jwe \(cannot be read: .*base64\))"),
                                   "jwe ECDH-ES+A256KW unknown P-256 recipient", testing::StartsWith("jwe "),
                                   testing::StartsWith("jwe (cannot be read: "),
                                   testing::StartsWith("jwe (cannot be read: ")));
  EXPECT_EQ(recipients.list[4].packet, 3U);
}

TEST(LayerRecipients, AreBounded) {
  std::string value = "AAAA";
  for (std::size_t i = 0; i < kMostDescribed; ++i) value += ",AAAA";
  const LayerRecipients recipients = describe_recipients({{kJweAnnotation, value}});
  EXPECT_EQ(recipients.list.size(), kMostDescribed);
  EXPECT_EQ(recipients.omitted, 1U);
  EXPECT_EQ(describe_recipients({{kJweAnnotation, value}}, 0).omitted, kMostDescribed + 1);
}

}  // namespace
}  // namespace imgcrypt

#include "layer/without_recipients.hpp"

#include "base/text/encoding.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

const std::string kKeys = "org.opencontainers.image.enc.keys.";

std::string packet(const std::string& file) {
  return encode_base64(as_bytes(read_vector(file)), Base64::kStandard);
}

// Two JWEs of one recipient each, one of two, and schemes that are not known.
Annotations several() {
  return {{kKeys + "jwe", packet("jwe/rsaoaep.json") + "," + packet("jwe/jwcrypto-two-curves.json") + "," +
                              packet("jwe/rsaoaep256.json")},
          {kKeys + "other", "AAAA,BBBB"},
          {kKeys + "provider.hsm", "AAAA"},
          {"org.opencontainers.image.enc.pubopts", "AAAA"}};
}

RecipientTest is_of(const std::string& scheme) {
  return [scheme](const LayerRecipient& recipient) { return recipient.recipient.scheme == scheme; };
}

TEST(WithoutRecipients, TakesTheirPackets) {
  const Annotations before = several();
  const auto first = [](const LayerRecipient& recipient) {
    return recipient.recipient.scheme == "jwe" && recipient.packet == 0;
  };
  const auto edit = without_recipients(before, first);
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->set, (Annotations{{kKeys + "jwe", packet("jwe/jwcrypto-two-curves.json") + "," +
                                                        packet("jwe/rsaoaep256.json")}}));
  EXPECT_TRUE(edit->removed.empty());
}

TEST(WithoutRecipients, TakesTheAnnotationWhenNoneIsLeft) {
  const auto edit = without_recipients(several(), is_of("jwe"));
  ASSERT_TRUE(edit);
  EXPECT_TRUE(edit->set.empty());
  EXPECT_EQ(edit->removed, std::set<std::string>{kKeys + "jwe"});
  EXPECT_EQ(without_recipients(several(), is_of("other"))->removed, std::set<std::string>{kKeys + "other"});
  EXPECT_EQ(without_recipients(several(), is_of("pkcs7")), std::nullopt);
}

TEST(WithoutRecipients, TakesSomeOfThoseThatShareAPacket) {
  const Annotations before = several();
  for (const std::size_t position : {0U, 1U}) {
    const auto one = [&](const LayerRecipient& recipient) {
      return recipient.recipient.scheme == "jwe" && recipient.packet == 1 && recipient.position == position;
    };
    const auto edit = without_recipients(before, one);
    ASSERT_TRUE(edit);
    const std::vector<LayerRecipient> old = describe_recipients(before).list;
    const std::vector<LayerRecipient> left = describe_recipients(edit->set).list;
    ASSERT_EQ(left.size(), 3U);
    EXPECT_EQ(left[0].recipient.text, old[0].recipient.text);
    EXPECT_EQ(left[1].recipient.text, old[2 - position].recipient.text);
    EXPECT_EQ(left[2].recipient.text, old[3].recipient.text);
  }
}

TEST(WithoutRecipients, LeavesPacketsOfNobody) {
  const std::string of_nobody =
      encode_base64(as_bytes(R"({"recipients":[],"iv":"","ciphertext":"","tag":""})"), Base64::kStandard);
  const std::string other = packet("jwe/rsaoaep256.json");
  const auto first = [](const LayerRecipient& recipient) { return recipient.packet == 0; };
  const auto edit = without_recipients(
      {{kKeys + "jwe", packet("jwe/rsaoaep.json") + "," + of_nobody + "," + other}}, first);
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->set, (Annotations{{kKeys + "jwe", of_nobody + "," + other}}));
}

// Whoever may open a layer must say so in a packet that can be read.
TEST(WithoutRecipients, CountsNobodyInWhatCannotBeRead) {
  const std::string sound = packet("jwe/rsaoaep.json");
  const auto first = [](const LayerRecipient& recipient) {
    return recipient.annotation == kKeys + "jwe" && recipient.packet == 0;
  };
  const auto outcome = [&](const std::string& jwe, const std::string& name, const std::string& value) {
    return error_of([&] { (void)without_recipients({{kKeys + "jwe", jwe}, {kKeys + name, value}}, first); });
  };
  EXPECT_EQ(outcome(sound + ",AAAA", "other", "AAAA"), ErrorCode::kRefused);
  EXPECT_EQ(outcome(sound + ",", "pkcs7", "AAAA"), ErrorCode::kRefused);
  EXPECT_EQ(outcome(sound, "provider.hsm", "junk!"), ErrorCode::kRefused);
  EXPECT_EQ(outcome(sound, "provider.age", "AAAA"), ErrorCode::kRefused);
  EXPECT_EQ(outcome(sound, "provider.hsm", ","), ErrorCode::kRefused);
  EXPECT_EQ(outcome(sound, "provider.hsm", ",AAAA"), std::nullopt);
  EXPECT_EQ(outcome(sound + ",AAAA," + packet("jwe/rsaoaep256.json"), "other", "AAAA"), std::nullopt);
}

// Whatever the key: what it would be opened with is missing, or nobody has it.
TEST(WithoutRecipients, CountsNobodyInAJweThatNoKeyOpens) {
  const auto first = [](const LayerRecipient& recipient) { return recipient.packet == 0; };
  const auto outcome = [&](const std::string& header) {
    const std::string junk = R"({"protected":")" + encode_base64(as_bytes(header), Base64::kUrl) +
                             R"(","encrypted_key":"AA","iv":"AA","ciphertext":"AA","tag":"AA"})";
    return error_of([&] {
      (void)without_recipients({{kKeys + "jwe", packet("jwe/rsaoaep.json") + "," +
                                                    encode_base64(as_bytes(junk), Base64::kStandard)}},
                               first);
    });
  };
  for (const char* header :
       {"{}", R"({"alg":"RSA-OAEP"})", R"({"enc":"A256GCM"})", R"({"alg":"dir","enc":"A256GCM"})",
        R"({"alg":"RSA-OAEP","enc":"A256GCM"})", R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM"})"})
    EXPECT_EQ(outcome(header), ErrorCode::kRefused) << header;
  EXPECT_EQ(
      outcome(
          R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}})"),
      std::nullopt);
}

TEST(WithoutRecipients, RefusesAll) {
  const auto everyone = [](const LayerRecipient&) { return true; };
  EXPECT_EQ(error_of([&] { (void)without_recipients(several(), everyone); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::test

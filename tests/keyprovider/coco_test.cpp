#include "keyprovider/coco/key_id.hpp"
#include "keyprovider/coco/key_source.hpp"
#include "keyprovider/coco/packet.hpp"
#include "keyprovider/coco/parameters.hpp"
#include "keyprovider/coco/provider.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::keyprovider::coco {
namespace {

using namespace test;
using testing::HasSubstr;

const std::string kVectors = std::string(VECTORS) + "/keyprovider/";

Table packets() { return load_rows("keyprovider/coco.json", "packets"); }
std::string packet_of(const Table& row) { return read_vector("keyprovider/" + text(row, "file")); }

std::string unwrap(const std::string& packet, const std::string& parameter) {
  CocoProvider provider(KeyPlaces{}, [](const std::string&) {});
  return std::string(as_text(provider.unwrap({parameter}, as_bytes(packet)).expose()));
}

std::string wrap(const std::vector<std::string>& parameters, const KeyPlaces& node = {}) {
  CocoProvider provider(node, [](const std::string&) {});
  return std::string(as_text(provider.wrap(parameters, secret("options"))));
}

std::string replaced(std::string whole, const std::string& part, const std::string& by) {
  const std::size_t at = whole.find(part);
  if (at == std::string::npos) throw std::runtime_error("no " + part);
  return whole.replace(at, part.size(), by);
}

std::optional<ErrorCode> error_of_packet(const std::string& packet) {
  return error_of([&] { (void)parse_packet(as_bytes(packet)); });
}

TEST(CocoPacket, OfCocoKeyproviderOpensWithEverySourceOfItsKey) {
  for (const Table& row : packets()) {
    const std::string packet = packet_of(row);
    for (const std::string& source :
         {std::string("sample=true"), "keypath=" + kVectors + "coco-sample.kek",
          "keypath=" + kVectors + "coco-sample.kek::keyid=" + text(row, "kid") + "::algorithm=A256GCM",
          "resources=" + kVectors + "offline-fs.json"}) {
      EXPECT_THAT(unwrap(packet, source), HasSubstr("\"digest\":\"" + text(row, "plaintext") + "\""))
          << source;
    }
  }
}

TEST(CocoPacket, IsWrittenAsCocoKeyproviderWritesIt) {
  for (const Table& row : packets()) {
    const std::string packet = packet_of(row);
    EXPECT_EQ(format_packet(parse_packet(as_bytes(packet))), packet);
  }
}

TEST(CocoPacket, OfVersion2IsRead) {
  for (const Table& row : packets()) {
    const std::string packet = packet_of(row);
    const std::string second = replaced(replaced(packet, "{", R"({"version":"0.1.0",)"), ",\"iv\"",
                                        R"(,"provider":"kbs","provider_settings":{},"annotations":{},"iv")");
    EXPECT_EQ(unwrap(second, "sample=true"), unwrap(packet, "sample=true"));
  }
}

TEST(CocoPacket, ThatIsReadElsewhereOnlyIsRefusedByName) {
  const std::string packet = packet_of(packets().front());
  for (const auto& [other, name] : {std::pair{replaced(packet, "{", R"({"provider":"aliyun",)"), "aliyun"},
                                    std::pair{replaced(packet, "{", R"({"version":"0.2.0",)"), "0.2.0"},
                                    std::pair{replaced(packet, "A256GCM", "A256CTR"), "A256CTR"}}) {
    try {
      (void)parse_packet(as_bytes(other));
      ADD_FAILURE() << other;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kRefused);
      EXPECT_THAT(error.message(), HasSubstr(name));
    }
  }
}

TEST(CocoPacket, DoesNotOpenWithAnyBitTurned) {
  const std::string packet = packet_of(packets().front());
  for (std::size_t i = 0; i < packet.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string damaged = packet;
      damaged[i] = static_cast<char>(damaged[i] ^ static_cast<char>(1U << bit));
      EXPECT_TRUE(error_of([&] { (void)unwrap(damaged, "sample=true"); })) << "byte " << i << ", bit " << bit;
    }
    EXPECT_TRUE(error_of_packet(packet.substr(0, i))) << i;
  }
}

TEST(CocoPacket, ThatIsNoneIsRefused) {
  const std::string packet = packet_of(packets().front());
  for (const std::string& bad :
       {std::string(), std::string("{}"), packet + "{}", replaced(packet, R"("iv")", R"("IV")"),
        replaced(packet, "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA="),
        replaced(packet, "AAAAAAAAAAAAAAAA", "AAAA"),
        replaced(packet, R"("iv":"AAAAAAAAAAAAAAAA")", R"("iv":null)"),
        std::string(R"({"kid":"k","wrapped_data":"AAAA","iv":"AAAAAAAAAAAAAAAA","wrap_type":"A256GCM"})")}) {
    EXPECT_EQ(error_of_packet(bad), ErrorCode::kIntegrity) << bad;
  }
  EXPECT_EQ(error_of_packet(std::string(64 * 1024 + 1, ' ')), ErrorCode::kRefused);
}

TEST(CocoKeyId, IsWhatTheHubReads) {
  for (const char* plain : {"kbs:///a/b/c", "kbs://host:8080/repo/type/tag-1.2_x~", "kbs://[::1]:80/a/b/C"})
    EXPECT_TRUE(KeyId::parse(plain).resource_path()) << plain;
  EXPECT_EQ(KeyId::parse("kbs://host/repo/type/tag").resource_path(), "repo/type/tag");
  EXPECT_EQ(KeyId::parse("kbs+pkcs11:///a/b/c").resource_path(), std::nullopt);
  for (const char* bad : {"",
                          "/a/b/c",
                          "host/a/b/c",
                          "kbs:/a/b/c",
                          "kbs://a/b/c",
                          "kbs:///a/b",
                          "kbs:///a/b/c/d",
                          "kbs:///a//c",
                          "kbs:///a/../c",
                          "kbs:///a/./c",
                          "kbs:///a/b/",
                          "kbs:///a/b/c?q=1",
                          "kbs:///a/b/c#d",
                          "kbs:///a/b/%2e",
                          "kbs:///a/b/ c",
                          "kbs:///a/b/\"",
                          "KBS:///a/b/c",
                          "kbs+:///a/b/c",
                          "kbs+P:///a/b/c",
                          "http:///a/b/c",
                          "kbs://ho st/a/b/c",
                          "kbs://user@host/a/b/c"}) {
    EXPECT_EQ(error_of([&] { (void)KeyId::parse(bad); }), ErrorCode::kUsage) << bad;
  }
}

TEST(CocoParameters, AreReadAsCocoKeyproviderMeantThem) {
  const Parameters all = parse_parameters("keypath=/k=1::keyid=kbs:///a/b/c::algorithm=A256GCM");
  EXPECT_EQ(all.key_path, "/k=1");
  EXPECT_EQ(all.key_id, "kbs:///a/b/c");
  EXPECT_FALSE(all.is_sample);
  EXPECT_TRUE(parse_parameters("sample=true").is_sample);
  EXPECT_EQ(parse_parameters("sample=false::resources=/r").resources, "/r");
}

TEST(CocoParameters, AreNeverGuessed) {
  for (const char* bad :
       {"", "sample", "sample=", "sample=yes", "=true", "sample=true::", "::sample=true",
        "keypath=/k::keypath=/k", "keyid=/a/b/c", "algorithm=A256CTR", "algorithm=a256gcm", "KeyPath=/k",
        "key=/k", "sample=true::keypath=/k", "sample=true::keyid=kbs:///a/b/c", "keypath=/k::resources=/r"}) {
    EXPECT_EQ(error_of([&] { (void)parse_parameters(bad); }), ErrorCode::kUsage) << bad;
  }
}

TEST(CocoProvider, NeverWrapsWithAKeyThatWouldBeLost) {
  const std::string kek = "keypath=" + kVectors + "coco-sample.kek";
  const std::string id = "keyid=kbs:///default/test-key/1";
  EXPECT_THAT(wrap({kek + "::" + id}), HasSubstr("kbs:///default/test-key/1"));
  EXPECT_THAT(wrap({id + "::resources=" + kVectors + "offline-fs.json"}), HasSubstr("A256GCM"));
  EXPECT_EQ(error_of([&] { (void)wrap({id}); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({id}, {.keys = {}, .resources = {}, .has_sample = true}); }),
            ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({"keyid=kbs:///a/b/c::resources=" + kVectors + "offline-fs.json"}); }),
            ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({kek}); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({}); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({kProviderEnabled}); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({kek + "::" + id, kek + "::" + id}); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)wrap({"keypath=" + kVectors + "coco.json::" + id}); }), ErrorCode::kUsage);
}

TEST(CocoProvider, WarnsOfTheSampleKey) {
  std::string warning;
  CocoProvider provider(KeyPlaces{}, [&](const std::string& text) { warning = text; });
  const std::string packet(as_text(provider.wrap({"sample=true"}, secret("options"))));
  EXPECT_THAT(warning, HasSubstr("protects nothing"));
  EXPECT_EQ(unwrap(packet, "sample=true"), "options");
  EXPECT_EQ(error_of([&] { (void)unwrap(packet, kProviderEnabled); }), ErrorCode::kNoKey);
}

TEST(CocoProvider, TakesAKeyOfAnotherNameForAnotherKey) {
  const std::string packet = packet_of(packets().front());
  const std::string kek = "keypath=" + kVectors + "coco-sample.kek";
  EXPECT_EQ(error_of([&] { (void)unwrap(packet, kek + "::keyid=kbs:///default/test-key/2"); }),
            ErrorCode::kNoKey);
  EXPECT_EQ(error_of([&] { (void)unwrap(packet, kek + "x"); }), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::coco

#include "oci/manifest.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kDigest = Digest::of({}).string();

std::string descriptor(const std::string& more = "") {
  return R"({"mediaType":"t","digest":")" + kDigest + R"(","size":1)" + more + "}";
}

std::string many(std::size_t count) {
  std::string joined;
  for (std::size_t i = 0; i < count; ++i) joined += (i == 0 ? "" : ",") + descriptor();
  return joined;
}

std::string manifest(const std::string& layers, const std::string& more = "") {
  return R"({"config":)" + descriptor() + R"(,"layers":[)" + layers + "]" + more + "}";
}

std::string index(const std::string& manifests, const std::string& more = "") {
  return R"({"manifests":[)" + manifests + "]" + more + "}";
}

std::optional<ErrorCode> manifest_error(const std::string& raw) {
  return error_of([&] { (void)Manifest::parse(raw); });
}

std::optional<ErrorCode> index_error(const std::string& raw) {
  return error_of([&] { (void)Index::parse(raw); });
}

TEST(Manifest, HoldsUpToTheLimitOfLayers) {
  EXPECT_EQ(Manifest::parse(manifest(many(kMostLayers))).layers().size(), kMostLayers);
  EXPECT_EQ(manifest_error(manifest(many(kMostLayers + 1))), ErrorCode::kRefused);
}

TEST(Index, HoldsUpToTheLimitOfManifests) {
  EXPECT_EQ(Index::parse(index(many(kMostManifests))).manifests().size(), kMostManifests);
  EXPECT_EQ(index_error(index(many(kMostManifests + 1))), ErrorCode::kRefused);
}

TEST(Manifest, IsAsLongAsTheLimitAtMost) {
  std::string raw = manifest("");
  raw.resize(kMostDocumentBytes, ' ');
  EXPECT_EQ(manifest_error(raw), std::nullopt);
  EXPECT_EQ(manifest_error(raw + " "), ErrorCode::kRefused);
}

TEST(Manifest, IsNotAlsoAnIndex) {
  EXPECT_EQ(manifest_error(manifest("", R"(,"manifests":[])")), ErrorCode::kIntegrity);
  EXPECT_EQ(index_error(index("", R"(,"layers":[])")), ErrorCode::kIntegrity);
  EXPECT_EQ(index_error(index("", R"(,"config":{})")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest("", R"(,"mediaType":"application/vnd.oci.image.index.v1+json")")),
            ErrorCode::kIntegrity);
  EXPECT_EQ(index_error(index("", R"(,"mediaType":"application/vnd.oci.image.manifest.v1+json")")),
            ErrorCode::kIntegrity);
}

TEST(Manifest, IsRefusedWithMembersInAnotherCase) {
  EXPECT_EQ(manifest_error(manifest("", R"(,"Layers":[])")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest("", R"(,"Manifests":[])")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest(descriptor(R"(,"Digest":"x")"))), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest(descriptor(R"(,"Annotations":{})"))), ErrorCode::kIntegrity);
}

TEST(Manifest, IsRefusedWithoutConfigOrWithWrongTypes) {
  for (const std::string& raw :
       {std::string(), std::string("null"), std::string("[]"), std::string(R"({"layers":[]})"),
        manifest("null"), manifest("1"), manifest("", R"(,"annotations":{"a":1})"),
        manifest("", R"(,"annotations":[])"), manifest("") + "x"}) {
    EXPECT_EQ(manifest_error(raw), ErrorCode::kIntegrity) << raw;
  }
}

TEST(Descriptor, IsReadWhole) {
  const auto layer =
      Manifest::parse(
          manifest(descriptor(
              R"(,"annotations":{"a":"b"},"urls":["u"],"platform":{"os":"linux","architecture":"arm64","variant":"v8"})")))
          .layers()
          .at(0);
  EXPECT_EQ(layer.media_type, "t");
  EXPECT_EQ(layer.digest.string(), kDigest);
  EXPECT_EQ(layer.size, 1U);
  EXPECT_EQ(layer.annotations, (Annotations{{"a", "b"}}));
  EXPECT_TRUE(layer.has_urls);
  ASSERT_TRUE(layer.platform);
  EXPECT_EQ(layer.platform->string(), "linux/arm64/v8");
}

TEST(Descriptor, HasTextsUpToTheLimits) {
  const auto with = [](const std::string& members) {
    const std::string text = "{" + members + R"("digest":")" + kDigest + R"(","size":1})";
    return error_of([&] { (void)parse_descriptor(JsonView(text)); });
  };
  const auto media_type = [&](std::size_t size) {
    return with(R"("mediaType":")" + std::string(size, 't') + R"(",)");
  };
  EXPECT_EQ(media_type(254), std::nullopt);
  EXPECT_EQ(media_type(255), std::nullopt);
  EXPECT_EQ(media_type(256), ErrorCode::kRefused);
  for (const std::string part : {"os", "architecture", "variant"}) {
    const auto platform = [&](std::size_t size) {
      return with(R"("platform":{")" + part + R"(":")" + std::string(size, 'p') + R"("},)");
    };
    EXPECT_EQ(platform(63), std::nullopt);
    EXPECT_EQ(platform(64), std::nullopt);
    EXPECT_EQ(platform(65), ErrorCode::kRefused);
  }
}

TEST(Manifest, HasNoMediaTypeWhereItIsEmpty) {
  const Manifest parsed = Manifest::parse(manifest("", R"(,"mediaType":"")"));
  EXPECT_EQ(parsed.own_media_type(), "");
  EXPECT_EQ(Index::parse(index("", R"(,"mediaType":"")")).own_media_type(), "");
  EXPECT_EQ(manifest_error(manifest("", R"(,"mediaType":1)")), ErrorCode::kIntegrity);
  DocumentEdit edit;
  edit.media_type = "application/vnd.oci.image.manifest.v1+json";
  EXPECT_EQ(parsed.edited(edit).own_media_type(), edit.media_type);
}

// Only what we act on must be unambiguous. What others wrote elsewhere is theirs, and is kept.
TEST(Manifest, IsNotJudgedByWhatNobodyReads) {
  const std::string raw =
      manifest(descriptor(R"(,"annotations":{"a":"\ud800","a":"\ud801","b":null},"x":{"y":1,"y":2,"Y":3})"),
               R"(,"other":[{"a":1,"a":2},1e999,"\udfff"],"annotations":{"title":"1","title":"2"})");
  const Manifest parsed = Manifest::parse(raw);
  EXPECT_EQ(parsed.raw(), raw);
  EXPECT_EQ(parsed.annotations(), (Annotations{{"title", "2"}}));
  EXPECT_EQ(parsed.layers().at(0).annotations, (Annotations{{"a", "\ufffd"}, {"b", ""}}));
  DocumentEdit edit;
  edit.elements.emplace_back().annotations.set = {{"dev.imgcrypt.x", "1"}};
  DocumentEdit back;
  back.elements.emplace_back().annotations.removed = {"dev.imgcrypt.x"};
  EXPECT_EQ(parsed.edited(edit).edited(back).raw(), raw);
}

TEST(Manifest, IsRefusedWhereWhatWeReadIsAmbiguous) {
  for (const char* name : {"org.opencontainers.image.enc.keys.jwe", "org.opencontainers.image.enc.keys.x",
                           "org.opencontainers.image.ref.name", "dev.imgcrypt.source.digest",
                           "vnd.docker.reference.digest", "io.containerd.image.name"}) {
    const std::string one = "\"" + std::string(name) + "\":\"1\"";
    const auto with = [](const std::string& annotations) {
      return manifest_error(manifest(descriptor(R"(,"annotations":{)" + annotations + "}")));
    };
    EXPECT_EQ(with(one), std::nullopt) << name;
    EXPECT_EQ(with(one + "," + one), ErrorCode::kIntegrity) << name;
    EXPECT_EQ(with("\"" + std::string(name) + "\":null"), ErrorCode::kIntegrity) << name;
    EXPECT_EQ(with("\"" + std::string(name) + R"(":"\ud800")"), ErrorCode::kIntegrity) << name;
  }
  EXPECT_EQ(manifest_error(manifest("", R"(,"annotations":{},"annotations":{})")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest(descriptor(R"(,"size":1)"))), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest(descriptor(R"(,"mediaType":"t")"))), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest("", R"(,"layers":[])")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error(manifest("", R"(,"config":{})")), ErrorCode::kIntegrity);
  EXPECT_EQ(manifest_error("\xEF\xBB\xBF" + manifest("")), ErrorCode::kIntegrity);
}

TEST(Manifest, SaysWhichMemberIsWrong) {
  const auto message = [](const std::string& raw) {
    return failure([&] { (void)Manifest::parse(raw); }).message();
  };
  EXPECT_EQ(message(manifest(descriptor() + R"(,{"digest":"sha384:00","size":1})")),
            R"(layers[1]: member "digest": not a digest: "sha384:00")");
  EXPECT_EQ(message(R"({"config":{"digest":")" + kDigest + R"("},"layers":[]})"),
            R"(config: JSON: member "config": member "size" is missing)");
  EXPECT_EQ(message(manifest(descriptor(R"(,"annotations":{"a":[]})"))),
            R"(layers[0]: JSON: member "a": string expected)");
  EXPECT_EQ(message(manifest("null")), R"(layers[0]: JSON: element of "layers": object expected)");
  EXPECT_EQ(message(manifest("{\"digest\":\"" + kDigest + "\"}")),
            R"(layers[0]: JSON: element of "layers": member "size" is missing)");
}

TEST(Descriptor, EmbedsItsOwnContentOrOther) {
  const std::string content = "content";
  const auto embeds_other = [&](const std::string& data, std::size_t size = 7) {
    const std::string text = R"({"digest":")" + Digest::of(as_bytes(content)).string() + R"(","size":)" +
                             std::to_string(size) + data + "}";
    return embeds_other_content(JsonView(text));
  };
  EXPECT_FALSE(embeds_other(""));
  EXPECT_FALSE(embeds_other(R"(,"data":null)"));
  EXPECT_FALSE(embeds_other(R"(,"data":"Y29udGVudA==")"));
  EXPECT_TRUE(embeds_other(R"(,"data":"Y29udGVudA==")", 8));
  EXPECT_TRUE(embeds_other(R"(,"data":"Q29udGVudA==")"));
  EXPECT_TRUE(embeds_other(R"(,"data":"")"));
  EXPECT_TRUE(embeds_other(R"(,"data":"!")"));
  EXPECT_TRUE(embeds_other(R"(,"data":{})"));
}

TEST(Descriptor, HasASizeUpToTheLimit) {
  const auto sized = [](const std::string& size) {
    const std::string text = R"({"digest":")" + kDigest + R"(","size":)" + size + "}";
    return error_of([&] { (void)parse_descriptor(JsonView(text)); });
  };
  EXPECT_EQ(sized("1099511627776"), std::nullopt);
  EXPECT_EQ(sized("1099511627777"), ErrorCode::kRefused);
  for (const char* size : {"-1", "1.0", "1e3", "\"1\"", "null", "18446744073709551616"}) {
    EXPECT_EQ(sized(size), ErrorCode::kIntegrity) << size;
  }
}

}  // namespace
}  // namespace imgcrypt

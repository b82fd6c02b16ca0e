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

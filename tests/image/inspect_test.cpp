// What is told of images to somebody without a key.
#include "image/inspect.hpp"

#include "keywrap/jwe/jwe.hpp"
#include "support/image_builder.hpp"
#include "support/vectors.hpp"
#include "transport/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string packet(const std::string& vector) {
  return encode_base64(as_bytes(read_vector(vector)), Base64::kStandard);
}

const std::string kPublicOptions =
    encode_base64(as_bytes(R"({"cipher":"AES_256_CTR_HMAC_SHA256","hmac":")" +
                           encode_base64(Bytes(32, 7), Base64::kStandard) + R"(","cipheroptions":{}})"),
                  Base64::kStandard);

Descriptor encrypted_layer(MemoryStore& store, const std::string& content, const std::string& packets) {
  Descriptor layer = store.add(std::string(kTar) + "+encrypted", content);
  layer.annotations = {{"org.opencontainers.image.enc.pubopts", kPublicOptions}, {kJweAnnotation, packets}};
  return layer;
}

// Of a manifest with these layers.
DocumentReport inspect_layers(MemoryStore& store, const std::vector<Descriptor>& layers) {
  make_root(store, add_manifest(store, add_config(store, kAmd64, layers), layers));
  return inspect_image(store).root;
}

struct TwoPlatforms {
  MemoryStore store;
  Descriptor amd64 = add_image(store, kAmd64, {"one", "two"});
  Descriptor arm64 = add_image(store, kArmV8, {"one", "three"});
  Descriptor about_arm64 = add_attestation(store, arm64);

  TwoPlatforms() { make_root(store, add_index(store, {amd64, arm64, about_arm64})); }
};

TEST(Inspect, TellsWhatDocumentsThereAre) {
  TwoPlatforms image;
  const DocumentReport root = inspect_image(image.store).root;
  EXPECT_EQ(root.kind, DocumentKind::kIndex);
  ASSERT_EQ(root.parts.size(), 3U);
  EXPECT_EQ(root.parts[0].kind, DocumentKind::kImage);
  EXPECT_EQ(root.parts[1].platform->string(), "linux/arm64/v8");
  EXPECT_EQ(root.parts[2].kind, DocumentKind::kAttestation);
  EXPECT_EQ(root.parts[2].about, image.arm64.digest.string());
  EXPECT_EQ(root.parts[2].layers.at(0).descriptor.media_type, kInToto);
}

TEST(Inspect, CountsEveryBlobOfImageLayersOnce) {
  TwoPlatforms image;
  const LayerTotals totals = inspect_image(image.store).totals;
  EXPECT_EQ(totals.layers, 3U);
  EXPECT_EQ(totals.encrypted, 0U);
  EXPECT_EQ(totals.bytes, (layer_content("one") + layer_content("two") + layer_content("three")).size());
}

TEST(Inspect, LeavesOutOtherPlatformsAndShowsTheIndexAsItIs) {
  TwoPlatforms image;
  const DocumentReport root = inspect_image(image.store, {.platforms = {kArm64}, .layers = {}}).root;
  EXPECT_EQ(root.descriptor.digest, image.store.root().descriptor.digest);
  ASSERT_EQ(root.parts.size(), 2U);
  EXPECT_EQ(root.parts[0].descriptor.digest, image.arm64.digest);
  EXPECT_EQ(root.parts[1].descriptor.digest, image.about_arm64.digest);
  EXPECT_EQ(
      error_of([&] { (void)inspect_image(image.store, {.platforms = {{"windows", "", ""}}, .layers = {}}); }),
      ErrorCode::kNotFound);
}

TEST(Inspect, NamesWhatIsNotThere) {
  TwoPlatforms image;
  image.store.blobs.erase(image.arm64.digest);
  const DocumentReport root = inspect_image(image.store).root;
  EXPECT_EQ(root.parts.at(1).kind, DocumentKind::kMissing);
  EXPECT_EQ(root.parts.at(1).platform->string(), "linux/arm64/v8");
}

TEST(Inspect, FindsThePlatformOfASingleImageInItsConfig) {
  MemoryStore store;
  Descriptor image = add_image(store, kAmd64, {"one"});
  image.platform.reset();
  make_root(store, image);
  const DocumentReport root = inspect_image(store).root;
  EXPECT_EQ(root.platform->string(), "linux/amd64");
  store.blobs.erase(root.config->digest);
  EXPECT_FALSE(inspect_image(store).root.platform.has_value());
}

TEST(Inspect, SeesThatAConfigIsMissing) {
  TwoPlatforms image;
  const auto config = inspect_image(image.store).root.parts[0].config;
  image.store.blobs.erase(config->digest);
  EXPECT_TRUE(inspect_image(image.store).root.parts[0].is_config_missing);
  EXPECT_FALSE(inspect_image(image.store).root.parts[1].is_config_missing);
  MemoryStore store;
  const Descriptor artifact = store.add("application/vnd.example", "{}");
  make_root(store, add_manifest(store, artifact, {}));
  EXPECT_FALSE(inspect_image(store).root.is_config_missing);
  store.blobs.erase(artifact.digest);
  EXPECT_TRUE(inspect_image(store).root.is_config_missing);
}

TEST(Inspect, CountsWhatTheConfigCountsAndLayersOfAnIndexItself) {
  MemoryStore store;
  const Descriptor blob = store.add("application/vnd.oci.image.layer.nydus.blob.v1", "blob");
  const Descriptor layer = store.add(kTar, "layer");
  const Descriptor sbom = store.add("application/spdx+json", "{}");
  const Descriptor counted = add_manifest(store, add_config(store, kAmd64, {blob, layer}), {blob, layer});
  const Descriptor uncounted = add_manifest(store, add_config(store, kArm64, {layer}), {layer, sbom});
  const Descriptor own = store.add(kTar, "listed by the index");
  make_root(store, add_index(store, {counted, uncounted, own}));
  const ImageReport report = inspect_image(store);
  EXPECT_TRUE(report.root.parts[0].layers[0].is_image_layer);
  EXPECT_FALSE(report.root.parts[1].layers[1].is_image_layer);
  EXPECT_EQ(report.totals.layers, 3U);
  EXPECT_EQ(report.totals.bytes, blob.size + layer.size + own.size);
}

TEST(Inspect, TellsArtifactsFromImages) {
  MemoryStore store;
  const Descriptor config = store.add("application/vnd.oci.empty.v1+json", "{}");
  const Descriptor blob = store.add("application/spdx+json", "{}  ");
  make_root(store, add_manifest(store, config, {blob}));
  const ImageReport report = inspect_image(store);
  EXPECT_EQ(report.root.kind, DocumentKind::kArtifact);
  EXPECT_EQ(report.totals.layers, 0U);
  EXPECT_EQ(error_of([&] { (void)read_config(store, {}); }), ErrorCode::kRefused);
}

TEST(Inspect, NumbersTheRecipientsOfAllLayers) {
  MemoryStore store;
  const std::string two = packet("jwe/jwcrypto-two-curves.json");
  const std::string one = packet("jwe/jwcrypto-kid.json");
  const std::vector<Descriptor> layers = {encrypted_layer(store, "a", one),
                                          encrypted_layer(store, "b", two + "," + one)};
  make_root(store, add_manifest(store, add_config(store, kAmd64, layers), layers));
  const ImageReport report = inspect_image(store);
  ASSERT_EQ(report.recipients.size(), 3U);
  EXPECT_EQ(report.totals.encrypted, 2U);
  EXPECT_THAT(report.root.layers[0].recipients, ElementsAre(0));
  EXPECT_THAT(report.root.layers[1].recipients, ElementsAre(1, 2, 0));
  EXPECT_THAT(report.root.layers[1].problem, IsEmpty());
}

TEST(Inspect, FlagsWrappedKeysThatAreMissing) {
  MemoryStore store;
  Descriptor without_packets = encrypted_layer(store, "a", "");
  Descriptor without_options = encrypted_layer(store, "b", packet("jwe/jwcrypto-kid.json"));
  without_options.annotations.erase("org.opencontainers.image.enc.pubopts");
  const DocumentReport root = inspect_layers(store, {without_packets, without_options});
  EXPECT_EQ(root.layers[0].problem, "its wrapped keys are missing");
  EXPECT_THAT(root.layers[1].problem, HasSubstr("annotations of its encryption are missing"));
  EXPECT_THAT(root.layers[1].recipients, ElementsAre(0));
}

TEST(Inspect, FlagsAnnotationsOfEncryptionOnAPlainType) {
  MemoryStore store;
  Descriptor layer = encrypted_layer(store, "a", packet("jwe/jwcrypto-kid.json"));
  layer.media_type = kTar;
  const DocumentReport root = inspect_layers(store, {layer, store.add(kTar, "b")});
  EXPECT_FALSE(root.layers[0].is_encrypted);
  EXPECT_THAT(root.layers[0].problem, HasSubstr("it has encryption annotations"));
  EXPECT_THAT(root.layers[1].problem, IsEmpty());
}

TEST(Inspect, ShowsTheMostLayersThereMayBe) {
  MemoryStore store;
  std::vector<Descriptor> layers;
  for (std::size_t i = 0; i < kMostLayers; ++i)
    layers.push_back(encrypted_layer(store, "layer " + std::to_string(i), packet("jwe/jwcrypto-kid.json")));
  EXPECT_EQ(inspect_layers(store, layers).layers.size(), kMostLayers);
  EXPECT_EQ(inspect_image(store).recipients.size(), 1U);
}

TEST(Inspect, GivesDocumentsByteForByte) {
  TwoPlatforms image;
  EXPECT_EQ(as_text(read_root(image.store)), image.store.blobs.at(image.store.root().descriptor.digest));
  const auto root = inspect_image(image.store).root;
  EXPECT_EQ(as_text(read_config(image.store, {kArmV8})), image.store.blobs.at(root.parts[1].config->digest));
}

TEST(Inspect, AsksForThePlatformWhenThereAreSeveralConfigs) {
  TwoPlatforms image;
  const Error error = failure([&] { (void)read_config(image.store, {}); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.hint(), HasSubstr("linux/amd64, linux/arm64/v8"));
}

TEST(Inspect, ReadsTheLayoutsOfAllPeers) {
  for (const auto& row : load_table("layouts.json")) {
    SCOPED_TRACE(text(row, "name"));
    const auto source =
        open_source(Reference::parse("oci:" VECTORS "/" + text(row, "path") + ":" + text(row, "tag")), {});
    const ImageReport report = inspect_image(*source);
    EXPECT_GT(report.totals.encrypted, 0U);
    ASSERT_FALSE(report.recipients.empty());
    EXPECT_THAT(report.recipients[0].recipient.scheme, testing::StartsWith(text(row, "scheme")));
    for (const LayerRecipient& recipient : report.recipients)
      EXPECT_THAT(recipient.recipient.text, testing::Not(HasSubstr("cannot be read")));
  }
}

}  // namespace
}  // namespace imgcrypt::test

// Which platforms and layers a command is about.
#include "image/tree/selection.hpp"

#include "support/image_builder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Platform kWindows = {"windows", "amd64", ""};

std::string parsed_platform(std::string_view text) {
  const Platform platform = parse_platform(text);
  const std::string version = platform.os_version.empty() ? "" : "|" + platform.os_version;
  return platform.os + "|" + platform.architecture + "|" + platform.variant + version;
}

TEST(Selection, ReadsPlatforms) {
  EXPECT_EQ(parsed_platform("linux/arm64/v8"), "linux|arm64|v8");
  EXPECT_EQ(parsed_platform("linux/arm64"), "linux|arm64|");
  EXPECT_EQ(parsed_platform("arm64"), "|arm64|");
  EXPECT_EQ(parsed_platform("linux"), "linux||");
  EXPECT_EQ(parsed_platform("windows"), "windows||");
  EXPECT_EQ(parsed_platform("windows(10.0.17763)/amd64"), "windows|amd64||10.0.17763");
  EXPECT_EQ(parsed_platform("windows(10.0.17763)"), "windows|||10.0.17763");
}

TEST(Selection, TakesOtherNamesOfArchitectures) {
  EXPECT_EQ(parsed_platform("x86_64"), "|amd64|");
  EXPECT_EQ(parsed_platform("linux/aarch64"), "linux|arm64|");
  EXPECT_EQ(parsed_platform("armhf"), "|arm|v7");
  EXPECT_EQ(parsed_platform("linux/armel"), "linux|arm|v6");
  EXPECT_EQ(parsed_platform("linux/armhf/v6"), "linux|arm|v6");
}

TEST(Selection, TakesAVariantWithoutAnOs) {
  EXPECT_EQ(parsed_platform("arm/v7"), "|arm|v7");
  EXPECT_EQ(parsed_platform("aarch64/v8"), "|arm64|v8");
  EXPECT_EQ(parsed_platform("linux/v7"), "linux|v7|");
}

TEST(Selection, RefusesWhatIsNotAPlatform) {
  for (const char* text : {"", "/", "linux/", "/amd64", "linux//v8", "linux/arm/v7/x", "windows(/amd64",
                           "windows()/amd64", "(1)/amd64", "windows(1)x/amd64"}) {
    EXPECT_EQ(error_of([&] { (void)parse_platform(text); }), ErrorCode::kUsage) << text;
  }
}

TEST(Selection, ReadsPositionsAndRanges) {
  const auto parsed = [](std::string_view text) {
    const LayerRange range = parse_layer_range(text);
    return std::vector{range.first, range.last};
  };
  EXPECT_THAT(parsed("3"), ElementsAre(3, 3));
  EXPECT_THAT(parsed("-1"), ElementsAre(-1, -1));
  EXPECT_THAT(parsed("1..4"), ElementsAre(1, 4));
  EXPECT_THAT(parsed("-3..-1"), ElementsAre(-3, -1));
}

TEST(Selection, RefusesWhatIsNotAPosition) {
  for (const char* text : {"", "x", "1x", " 1", "1..", "..1", "1...2", "1..2..3", "--1", "99999999999"}) {
    EXPECT_EQ(error_of([&] { (void)parse_layer_range(text); }), ErrorCode::kUsage) << text;
  }
}

class ChosenLayers : public testing::Test {
 protected:
  // The first letters of the layers that are chosen, sorted.
  std::vector<std::string> chosen(const std::vector<LayerRange>& ranges) {
    std::vector<std::string> contents;
    for (const LayerId& layer : choose_layers(load_tree(store_), ranges))
      contents.push_back(store_.blobs.at(layer.digest).substr(0, 1));
    std::ranges::sort(contents);
    return contents;
  }

  MemoryStore store_;
};

TEST_F(ChosenLayers, AreCountedFromBothEnds) {
  make_root(store_, add_image(store_, kAmd64, {"a", "b", "c"}));
  EXPECT_THAT(chosen({{0, 0}}), ElementsAre("a"));
  EXPECT_THAT(chosen({{-1, -1}}), ElementsAre("c"));
  EXPECT_THAT(chosen({{-3, -3}, {2, 2}}), ElementsAre("a", "c"));
  EXPECT_THAT(chosen({{1, -1}}), ElementsAre("b", "c"));
  EXPECT_THAT(chosen({{0, 1}, {1, 2}}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(chosen({}), ElementsAre("a", "b", "c"));
}

TEST_F(ChosenLayers, AreCountedInEachPlatformByItself) {
  make_root(store_, add_index(store_, {add_image(store_, kAmd64, {"base", "a"}),
                                       add_image(store_, kArmV8, {"base", "b", "c"})}));
  EXPECT_THAT(chosen({{-1, -1}}), ElementsAre("a", "c"));
  EXPECT_THAT(chosen({{1, 1}}), ElementsAre("a", "b"));
  EXPECT_EQ(error_of([&] { (void)chosen({{2, 2}}); }), ErrorCode::kUsage);
}

TEST_F(ChosenLayers, DoNotExistOutOfRange) {
  make_root(store_, add_image(store_, kAmd64, {"a", "b"}));
  for (const LayerRange& range : std::vector<LayerRange>{{2, 2}, {-3, -3}, {0, 2}, {1, 0}, {-1, 0}}) {
    EXPECT_EQ(error_of([&] { (void)chosen({range}); }), ErrorCode::kUsage)
        << range.first << ".." << range.last;
  }
  const Error error = failure([&] { (void)chosen({{2, 2}}); });
  EXPECT_THAT(error.message(), HasSubstr("has 2 layers"));
}

TEST_F(ChosenLayers, AreNotThoseOfAttestations) {
  const Descriptor image = add_image(store_, kAmd64, {"a", "b"});
  make_root(store_, add_index(store_, {image, add_attestation(store_, image)}));
  EXPECT_THAT(chosen({{1, 1}}), ElementsAre("b"));
}

class ChosenPlatforms : public testing::Test {
 protected:
  PlatformChoice choose(const std::vector<Platform>& platforms) {
    Configs configs(store_);
    return choose_platforms(configs, load_tree(store_), platforms);
  }

  // The platforms in the chosen index, in order; "?" for an entry without one.
  static std::vector<std::string> platforms_of(const ImageNode& node) {
    std::vector<std::string> names;
    for (const Descriptor& child : std::get<Index>(node.document).manifests())
      names.push_back(child.platform ? child.platform->string() : "?");
    return names;
  }

  MemoryStore store_;
};

TEST_F(ChosenPlatforms, AreAllWhenNoneIsNamed) {
  make_root(store_, add_index(store_, {add_image(store_, kAmd64, {"a"}), add_image(store_, kArmV8, {"b"})}));
  const PlatformChoice choice = choose({});
  EXPECT_EQ(choice.tree.descriptor.digest, store_.root().descriptor.digest);
  EXPECT_TRUE(choice.left_out.empty());
}

TEST_F(ChosenPlatforms, KeepTheIndexWhenTheyAreAllThereAre) {
  make_root(store_, add_index(store_, {add_image(store_, kAmd64, {"a"}), add_image(store_, kArmV8, {"b"})}));
  const PlatformChoice choice = choose({{"linux", "", ""}});
  EXPECT_EQ(choice.tree.descriptor.digest, store_.root().descriptor.digest);
}

TEST_F(ChosenPlatforms, LeaveTheOthersOutAndNameThem) {
  make_root(store_, add_index(store_, {add_image(store_, kAmd64, {"a"}), add_image(store_, kArmV8, {"b"}),
                                       add_image(store_, kWindows, {"c"})}));
  const PlatformChoice choice = choose({{"linux", "arm64", ""}});
  EXPECT_THAT(platforms_of(choice.tree), ElementsAre("linux/arm64/v8"));
  EXPECT_THAT(choice.left_out, ElementsAre("linux/amd64", "windows/amd64"));
  EXPECT_EQ(choice.tree.descriptor.digest, Digest::of(as_bytes(std::get<Index>(choice.tree.document).raw())));
  EXPECT_THAT(platforms_of(choose({{"", "amd64", ""}}).tree), ElementsAre("linux/amd64", "windows/amd64"));
}

TEST_F(ChosenPlatforms, HaveTheUsualVariantWhenTheyNameNone) {
  make_root(store_, add_index(store_, {add_image(store_, {"linux", "arm64", ""}, {"a"}),
                                       add_image(store_, {"linux", "arm", ""}, {"b"}),
                                       add_image(store_, kAmd64, {"c"})}));
  EXPECT_THAT(platforms_of(choose({kArmV8}).tree), ElementsAre("linux/arm64"));
  EXPECT_THAT(platforms_of(choose({{"linux", "arm", "v7"}}).tree), ElementsAre("linux/arm"));
  EXPECT_EQ(error_of([&] { (void)choose({{"linux", "arm", "v6"}}); }), ErrorCode::kNotFound);
}

TEST_F(ChosenPlatforms, OfWindowsAreToldApartByTheirVersions) {
  const auto windows = [](const char* version) { return Platform{"windows", "amd64", "", version}; };
  make_root(store_, add_index(store_, {add_image(store_, windows("10.0.17763.1879"), {"a"}),
                                       add_image(store_, windows("10.0.17763.9"), {"b"}),
                                       add_image(store_, windows("10.0.177631"), {"c"})}));
  EXPECT_THAT(platforms_of(choose({windows("10.0.17763.1879")}).tree),
              ElementsAre("windows(10.0.17763.1879)/amd64"));
  EXPECT_EQ(platforms_of(choose({windows("10.0.17763")}).tree).size(), 2U);
  EXPECT_EQ(platforms_of(choose({windows("")}).tree).size(), 3U);
  EXPECT_EQ(error_of([&] { (void)choose({windows("10.0.1776")}); }), ErrorCode::kNotFound);
}

TEST_F(ChosenPlatforms, TakeTheirAttestationsWithThem) {
  const Descriptor amd64 = add_image(store_, kAmd64, {"a"});
  const Descriptor arm64 = add_image(store_, kArmV8, {"b"});
  make_root(store_, add_index(store_, {amd64, arm64, add_attestation(store_, amd64),
                                       add_attestation(store_, arm64)}));
  const PlatformChoice choice = choose({kArmV8});
  EXPECT_THAT(platforms_of(choice.tree), ElementsAre("linux/arm64/v8", "unknown/unknown"));
  const Descriptor& attestation = std::get<Index>(choice.tree.document).manifests().at(1);
  EXPECT_EQ(attestation.annotations.at("vnd.docker.reference.digest"), arm64.digest.string());
  EXPECT_EQ(choice.left_out.size(), 2U);
}

// A signature of an SBOM of the platform, in any order.
TEST_F(ChosenPlatforms, TakeWhatIsAboutThemAndAboutThatWithThem) {
  const Descriptor amd64 = add_image(store_, kAmd64, {"a"});
  const Descriptor arm64 = add_image(store_, kArmV8, {"b"});
  const Descriptor sbom = add_artifact(store_, arm64);
  const Descriptor signature = add_artifact(store_, sbom);
  const Descriptor timestamp = add_artifact(store_, signature);
  const Descriptor other = add_artifact(store_, add_artifact(store_, amd64));
  make_root(store_, add_index(store_, {timestamp, other, signature, amd64, sbom, arm64}));
  const PlatformChoice choice = choose({kArmV8});
  std::vector<Digest> kept;
  for (const Descriptor& child : std::get<Index>(choice.tree.document).manifests())
    kept.push_back(child.digest);
  EXPECT_THAT(kept, ElementsAre(timestamp.digest, signature.digest, sbom.digest, arm64.digest));
}

TEST_F(ChosenPlatforms, AreFoundInNestedIndexes) {
  const Descriptor inner =
      add_index(store_, {add_image(store_, kAmd64, {"a"}), add_image(store_, kArmV8, {"b"})});
  const Descriptor other = add_index(store_, {add_image(store_, kWindows, {"c"})});
  make_root(store_, add_index(store_, {other, inner}));
  const PlatformChoice choice = choose({kAmd64});
  EXPECT_THAT(platforms_of(choice.tree), ElementsAre("?"));
  EXPECT_THAT(platforms_of(choice.tree.children.at(0)), ElementsAre("linux/amd64"));
  EXPECT_EQ(std::get<Index>(choice.tree.document).manifests().at(0).digest,
            choice.tree.children.at(0).descriptor.digest);
}

TEST_F(ChosenPlatforms, MayBeMissing) {
  const Descriptor amd64 = add_image(store_, kAmd64, {"a"});
  const Descriptor arm64 = add_image(store_, kArmV8, {"b"});
  store_.blobs.erase(arm64.digest);
  make_root(store_, add_index(store_, {amd64, arm64}));
  EXPECT_THAT(platforms_of(choose({kAmd64}).tree), ElementsAre("linux/amd64"));
  EXPECT_EQ(error_of([&] { (void)choose({kArmV8}); }), ErrorCode::kNotFound);
  // Beside one that is there it stays listed.
  const PlatformChoice both = choose({{"linux", "", ""}});
  EXPECT_THAT(platforms_of(both.tree), ElementsAre("linux/amd64", "linux/arm64/v8"));
  EXPECT_TRUE(std::get<Opaque>(both.tree.children.at(1).document).is_missing);
}

TEST_F(ChosenPlatforms, AreReadFromTheConfigWhereTheIndexIsSilent) {
  Descriptor amd64 = add_image(store_, kAmd64, {"a"});
  amd64.platform.reset();
  make_root(store_, add_index(store_, {amd64, add_image(store_, kArmV8, {"b"})}));
  const PlatformChoice choice = choose({kAmd64});
  EXPECT_EQ(std::get<Index>(choice.tree.document).manifests().at(0).digest, amd64.digest);
  EXPECT_THAT(choice.left_out, ElementsAre("linux/arm64/v8"));
}

TEST_F(ChosenPlatforms, OfALoneManifestAreThoseOfItsConfig) {
  make_root(store_, add_image(store_, kAmd64, {"a"}));
  EXPECT_EQ(choose({kAmd64}).tree.descriptor.digest, store_.root().descriptor.digest);
  EXPECT_EQ(error_of([&] { (void)choose({kArmV8}); }), ErrorCode::kNotFound);
}

TEST_F(ChosenPlatforms, AreNamedWhenOneIsNotThere) {
  make_root(store_, add_index(store_, {add_image(store_, kAmd64, {"a"}), add_image(store_, kArmV8, {"b"})}));
  const Error error = failure([&] { (void)choose({kAmd64, {"linux", "s390x", ""}}); });
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr("linux/s390x"));
  EXPECT_THAT(error.hint(), HasSubstr("linux/amd64, linux/arm64/v8"));
}

}  // namespace
}  // namespace imgcrypt::test

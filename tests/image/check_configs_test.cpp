// What configs say of layers, when an image is checked.
#include "image/checked.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

TEST(CheckConfigs, ReadsConfigsThatAreNotOfImagesWhenAsked) {
  MemoryStore store;
  const Descriptor config = store.add("application/vnd.example.config", "{}");
  make_root(store, add_manifest(store, config, {store.add("application/vnd.example", "x")}));
  EXPECT_EQ(worst(store), std::nullopt);
  store.blobs[config.digest] = "[]";
  EXPECT_EQ(worst(store, CheckDepth::kKeys), std::nullopt);
  EXPECT_EQ(worst(store), ErrorCode::kIntegrity);
}

// Of all manifests, listed once or several times.
TEST(CheckConfigs, ReadsUpToTheLimitOfLayersOfAnImage) {
  MemoryStore store;
  const Descriptor layer = store.add("application/vnd.example", "x");
  const Descriptor config = store.add("application/vnd.example.config", "{}");
  const Descriptor most = add_manifest(store, config, std::vector<Descriptor>(kMostLayers, layer));
  const Descriptor one_less = add_manifest(store, config, std::vector<Descriptor>(kMostLayers - 1, layer));
  const Descriptor one = add_manifest(store, config, {layer});
  std::vector<Descriptor> manifests(99, most);
  const auto with = [&](const std::vector<Descriptor>& more) {
    std::vector<Descriptor> all = manifests;
    all.insert(all.end(), more.begin(), more.end());
    make_root(store, add_index(store, all));
    return error_of([&] { (void)check(store, CheckDepth::kKeys); });
  };
  EXPECT_EQ(with({one_less}), std::nullopt);
  EXPECT_EQ(with({most}), std::nullopt);
  EXPECT_EQ(with({most, one}), ErrorCode::kRefused);
}

TEST(CheckConfigs, ReadsUpToTheLimitOfDiffIds) {
  for (const auto& [count, expected] :
       {std::pair{kMostLayers - 1, ErrorCode::kIntegrity}, std::pair{kMostLayers, ErrorCode::kIntegrity},
        std::pair{kMostLayers + 1, ErrorCode::kRefused}}) {
    MemoryStore store;
    const Descriptor layer = store.add(kLayer, "x");
    const Descriptor config = add_config(store, kAmd64, std::vector<Descriptor>(count, layer));
    make_root(store, add_manifest(store, config, {layer}));
    EXPECT_EQ(worst(store), expected) << count;
  }
}

// A config that cannot be used is not read again for each manifest.
TEST(CheckConfigs, ReadsEachConfigOnce) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "x");
  for (const char* text : {"no JSON", R"({"rootfs":{"diff_ids":[]}})"}) {
    const Descriptor config = store.add(kOciConfig, text);
    std::vector<Descriptor> manifests;
    for (int i = 0; i < 5; ++i)
      manifests.push_back(
          add_manifest(store, config, std::vector<Descriptor>(static_cast<std::size_t>(1 + i), layer)));
    make_root(store, add_index(store, manifests));
    (void)check(store);
    EXPECT_EQ(store.opened[config.digest], 1U) << text;
  }
}

// As encrypting does: only --full has to compare them.
TEST(CheckConfigs, WarnsOfDiffIdsThatCannotBeRead) {
  const std::string config = R"({"rootfs":{"diff_ids":["md5:0123456789abcdef0123456789abcdef"]}})";
  MemoryStore store;
  make_root(store, add_manifest(store, store.add(kOciConfig, config), {store.add(kLayer, "x")}));
  KeepingReporter reporter;
  EXPECT_EQ(worst_problem(check_image(store, {.jobs = 1}, reporter)), std::nullopt);
  EXPECT_THAT(reporter.said, testing::HasSubstr("nobody can compare its layers with them"));
  EXPECT_EQ(worst(store, CheckDepth::kContent), ErrorCode::kIntegrity);
}

TEST(CheckConfigs, TakesConfigsForWhatIsReadOfThem) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "x");
  const std::string rest = R"("rootfs":{"diff_ids":[")" + layer.digest.string() + R"("]}})";
  for (const std::string& start :
       {std::string("\xEF\xBB\xBF{"), std::string(R"({"config":{"Labels":{"a":"\ud800","a":"b"}},)"),
        std::string("{\"author\":\"\xff\",")}) {
    make_root(store, add_manifest(store, store.add(kOciConfig, start + rest), {layer}));
    EXPECT_EQ(worst(store), std::nullopt) << start;
  }
  for (const std::string& start :
       {std::string(R"({"rootfs":{},)"), std::string(R"({"Rootfs":{},)"), std::string(R"({"os":"\ud800",)"),
        std::string(R"({"os":"a","os":"b",)")}) {
    make_root(store, add_manifest(store, store.add(kOciConfig, start + rest), {layer}));
    EXPECT_EQ(worst(store), ErrorCode::kIntegrity) << start;
  }
}

// Makes the layers, and a config that counts them, in reverse order.
Descriptor add_swapped(MemoryStore& store, const std::vector<Descriptor>& layers, const char* config_type) {
  return add_manifest(store, add_config(store, kAmd64, {layers.rbegin(), layers.rend()}, config_type),
                      layers);
}

TEST(CheckConfigs, HoldsEveryLayerToItsDiffId) {
  const char* const nydus = "application/vnd.oci.image.layer.nydus.blob.v1";
  const char* const foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar";
  for (const auto& [layer_type, config_type] :
       {std::pair{kLayer, kOciConfig}, std::pair{kLayer, "application/vnd.example.config"},
        std::pair{nydus, kOciConfig}, std::pair{nydus, "application/vnd.example.config"},
        std::pair{foreign, kOciConfig}}) {
    MemoryStore store;
    std::vector<Descriptor> layers = {store.add(layer_type, "one"), store.add(layer_type, "two")};
    if (layer_type == foreign) layers[0].has_urls = layers[1].has_urls = true;
    make_root(store, add_swapped(store, layers, config_type));
    EXPECT_EQ(worst(store, CheckDepth::kKeys), std::nullopt);
    EXPECT_EQ(worst(store), ErrorCode::kIntegrity) << layer_type << " " << config_type;
  }
}

// As nydus counts its blobs, whatever they begin with.
TEST(CheckConfigs, TakesTheDigestOfABlobOfAnotherTypeForItsDiffId) {
  MemoryStore store;
  commit(store, {store.add("application/vnd.example", "\x1f\x8b\x08 not gzip")});
  EXPECT_EQ(worst(store), std::nullopt);
}

TEST(CheckConfigs, WantsDiffIdsOfImagesAndOfEncryptedLayers) {
  const std::string encrypted = encrypted_type(kLayer);
  const auto check_with = [&](const std::string& type, const char* config_type, const std::string& config,
                              CheckDepth depth) {
    MemoryStore store;
    make_root(store, add_manifest(store, store.add(config_type, config), {store.add(type, "content")}));
    KeepingReporter reporter;
    const CheckResult result = check_image(store, {.depth = depth, .jobs = 1}, reporter);
    const auto is_meant = [](const Error& error) {
      return error.message().find("lists no diff_ids") != std::string::npos;
    };
    return std::pair(std::ranges::any_of(problems_of(result), is_meant),
                     reporter.said.find("lists no diff_ids") != std::string::npos);
  };
  for (const char* config : {"{}", R"({"rootfs":{}})", R"({"rootfs":{"diff_ids":null}})"}) {
    for (const std::string& type : {std::string(kLayer), encrypted}) {
      EXPECT_EQ(check_with(type, kOciConfig, config, CheckDepth::kContent), std::pair(true, false));
      EXPECT_EQ(check_with(type, kOciConfig, config, CheckDepth::kKeys), std::pair(false, true));
    }
  }
  const char* const empty = "application/vnd.oci.empty.v1+json";
  EXPECT_EQ(check_with(encrypted, empty, "{}", CheckDepth::kContent), std::pair(true, false));
  EXPECT_EQ(check_with(encrypted, empty, "no JSON", CheckDepth::kContent), std::pair(true, false));
  EXPECT_EQ(check_with(kLayer, empty, "{}", CheckDepth::kContent), std::pair(false, false));
  EXPECT_EQ(check_with("application/vnd.example", kOciConfig, "{}", CheckDepth::kContent),
            std::pair(false, false));
}

}  // namespace
}  // namespace imgcrypt::test

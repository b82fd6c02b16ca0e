// Images of which `check` is told that everything must be encrypted.
#include "image/checked.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

// Encrypted layers beside one that only the config counts.
TEST(CheckEncrypted, RequiresEverythingToBeEncryptedThatTheConfigCounts) {
  const char* const nydus = "application/vnd.oci.image.layer.nydus.blob.v1";
  for (const char* config_type : {kOciConfig, "application/vnd.example.config"}) {
    MemoryStore store;
    const std::vector<Descriptor> layers = {store.add(nydus, "blob"), store.add(encrypted_type(kLayer), "x")};
    make_root(store, add_manifest(store, add_config(store, kAmd64, layers, config_type), layers));
    const Error error = failure([&] { require_encrypted(check(store)); });
    EXPECT_EQ(error.code(), ErrorCode::kRefused);
    EXPECT_EQ(error.message(), "not encrypted: layer 0 of the image");
    EXPECT_THAT(error.hint(), testing::HasSubstr(nydus));
  }
  // Not counted: the config has one diff_id for the one layer.
  MemoryStore store;
  const Descriptor layer = store.add(encrypted_type(kLayer), "x");
  make_root(store,
            add_manifest(store, add_config(store, kAmd64, {layer}), {store.add(nydus, "blob"), layer}));
  EXPECT_EQ(error_of([&] { require_encrypted(check(store)); }), std::nullopt);
}

TEST(CheckEncrypted, RequiresLayersOfAnIndexItselfToBeEncrypted) {
  MemoryStore store;
  const Descriptor layer = store.add(encrypted_type(kLayer), "x");
  const Descriptor image = add_manifest(store, add_config(store, kAmd64, {layer}), {layer});
  const Descriptor plain = store.add(kLayer, "plain");
  make_root(store, add_index(store, {image, plain}));
  EXPECT_EQ(failure([&] { require_encrypted(check(store)); }).message(),
            "not encrypted: index entry " + plain.digest.string());
}

// They may count a blob of any type.
TEST(CheckEncrypted, RequiresAllBlobsToBeEncryptedWhereDiffIdsCannotBeRead) {
  MemoryStore store;
  const Descriptor config = store.add(kOciConfig, R"({"rootfs":{"diff_ids":["md5:0","md5:1"]}})");
  const Descriptor layer = store.add(encrypted_type(kLayer), "x");
  make_root(store, add_manifest(store, config, {layer, store.add("application/vnd.example", "blob")}));
  EXPECT_EQ(failure([&] { require_encrypted(check(store, CheckDepth::kKeys)); }).message(),
            "not encrypted: layer 1 of the image");
}

// Everything that is plain is named, wherever it is, and nothing else.
TEST(CheckEncrypted, NamesAllPlainLayersOfAnImageThatMixesEverything) {
  MemoryStore store;
  const Descriptor hidden = store.add(encrypted_type(kLayer), "x");
  const Descriptor plain = store.add(kLayer, "plain");
  const Descriptor blob = store.add("application/vnd.oci.image.layer.nydus.blob.v1", "blob");
  const Descriptor sbom = store.add("application/spdx+json", "{}");
  Descriptor foreign = store.add("application/vnd.oci.image.layer.nondistributable.v1.tar", "windows");
  foreign.has_urls = true;
  const auto image = [&](const Platform& platform, const std::vector<Descriptor>& counted,
                         const std::vector<Descriptor>& layers) {
    Descriptor manifest = add_manifest(store, add_config(store, platform, counted), layers);
    manifest.platform = platform;
    return manifest;
  };
  const Descriptor encrypted = image(kAmd64, {hidden}, {sbom, hidden});
  const Descriptor mixed = image(kArm64, {hidden, plain, foreign, blob}, {hidden, plain, foreign, blob});
  const Descriptor missing = image({"linux", "s390x", ""}, {hidden}, {hidden});
  make_root(store, add_index(store, {encrypted, add_index(store, {mixed}), missing,
                                     add_attestation(store, encrypted), blob, hidden, sbom}));
  store.blobs.erase(missing.digest);
  const CheckResult result = check(store, CheckDepth::kKeys);
  EXPECT_EQ(failure([&] { require_encrypted(result); }).message(),
            "not encrypted: layer 1 of linux/arm64, layer 2 of linux/arm64, layer 3 of linux/arm64, index "
            "entry " +
                blob.digest.string());
  EXPECT_EQ(worst_problem(result).value().code(), ErrorCode::kNotFound);
}

TEST(CheckEncrypted, NamesAFewOfManyPlainLayers) {
  MemoryStore store;
  commit(store, std::vector<Descriptor>(40, store.add(kLayer, "content")));
  EXPECT_THAT(failure([&] { require_encrypted(check(store)); }).message(),
              testing::EndsWith("layer 15 of the image and 24 more"));
}

TEST(CheckEncrypted, RequiresThatSomethingIsEncrypted) {
  MemoryStore store;
  commit(store, {store.add("application/vnd.in-toto+json", "{}")});
  const CheckResult result = check(store);
  EXPECT_EQ(result.encrypted(), 0U);
  EXPECT_EQ(failure([&] { require_encrypted(result); }).message(), "the image has no encrypted layer");
}

}  // namespace
}  // namespace imgcrypt::test

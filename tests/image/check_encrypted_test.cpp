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

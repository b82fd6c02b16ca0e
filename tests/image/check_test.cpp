#include "image/check.hpp"

#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"
#include "support/reporter.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>

namespace imgcrypt::test {
namespace {

constexpr const char* kLayer = "application/vnd.oci.image.layer.v1.tar";

std::string entry_of(const Descriptor& blob, const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json json = {
      {"mediaType", blob.media_type}, {"digest", blob.digest.string()}, {"size", blob.size}};
  json.update(more);
  return json.dump();
}

// Commits an image with these layers, which hold what their diff_ids say.
void commit(MemoryStore& store, const std::vector<Descriptor>& layers, const nlohmann::json& more = {}) {
  nlohmann::json diff_ids = nlohmann::json::array();
  std::string list;
  for (const Descriptor& layer : layers) {
    diff_ids.push_back(layer.digest.string());
    list += (list.empty() ? "" : ",") + entry_of(layer, more.is_null() ? nlohmann::json::object() : more);
  }
  const Descriptor config = store.add("application/vnd.oci.image.config.v1+json",
                                      nlohmann::json{{"rootfs", {{"diff_ids", diff_ids}}}}.dump());
  const std::string text =
      R"({"schemaVersion":2,"config":)" + entry_of(config) + R"(,"layers":[)" + list + "]}";
  store.commit({store.add(std::string(kOciManifest), text), {}});
}

CheckResult check(MemoryStore& store, CheckDepth depth = CheckDepth::kContent) {
  KeepingReporter reporter;
  return check_image(store, {.depth = depth, .jobs = 2}, reporter);
}

std::optional<ErrorCode> worst(MemoryStore& store, CheckDepth depth = CheckDepth::kContent) {
  const auto problem = worst_problem(check(store, depth));
  return problem ? std::optional(problem->code()) : std::nullopt;
}

TEST(Check, ReadsTheContentOnlyWhenAsked) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "content");
  commit(store, {layer});
  EXPECT_EQ(worst(store), std::nullopt);
  store.blobs[layer.digest] = "another";
  EXPECT_EQ(worst(store, CheckDepth::kKeys), std::nullopt);
  EXPECT_EQ(worst(store), ErrorCode::kIntegrity);
  store.blobs[layer.digest] = "longer content";
  EXPECT_EQ(worst(store, CheckDepth::kKeys), ErrorCode::kIntegrity);
}

TEST(Check, PutsWhatIsMissingBeforeWhatIsDamaged) {
  MemoryStore store;
  const Descriptor damaged = store.add(kLayer, "one");
  const Descriptor missing = store.add(kLayer, "two");
  commit(store, {damaged, missing});
  store.blobs[damaged.digest] = "uno";
  store.blobs.erase(missing.digest);
  const CheckResult result = check(store);
  EXPECT_EQ(result.problems.size(), 2U);
  EXPECT_EQ(worst_problem(result)->code(), ErrorCode::kNotFound);
  EXPECT_THAT(worst_problem(result)->message(), testing::StartsWith("layer 1 of the image: "));
}

TEST(Check, LetsLayersBeElsewhere) {
  MemoryStore store;
  const Descriptor layer = store.add("application/vnd.oci.image.layer.nondistributable.v1.tar", "content");
  commit(store, {layer}, {{"urls", {"https://layers.example/1"}}});
  store.blobs.erase(layer.digest);
  for (const CheckDepth depth : {CheckDepth::kKeys, CheckDepth::kContent})
    EXPECT_EQ(worst(store, depth), std::nullopt);
  EXPECT_EQ(check(store).layers.at(0).state, LayerState::kNotALayer);
}

// One blob, given out as encrypted here and as plain there.
TEST(Check, JudgesEachDescriptorOfABlob) {
  MemoryStore store;
  const Descriptor plain = store.add(kLayer, "content");
  Descriptor encrypted = plain;
  encrypted.media_type = encrypted_type(kLayer);
  commit(store, {encrypted, plain});
  const CheckResult result = check(store);
  EXPECT_EQ(result.layers.at(0).problem->code(), ErrorCode::kIntegrity);  // no annotations
  EXPECT_EQ(result.layers.at(1).problem, std::nullopt);
  EXPECT_EQ(error_of([&] { require_encrypted(result); }), ErrorCode::kRefused);
}

TEST(Check, RequiresThatSomethingIsEncrypted) {
  MemoryStore store;
  commit(store, {store.add("application/vnd.in-toto+json", "{}")});
  const CheckResult result = check(store);
  EXPECT_EQ(result.encrypted(), 0U);
  EXPECT_EQ(failure([&] { require_encrypted(result); }).message(), "the image has no encrypted layer");
}

}  // namespace
}  // namespace imgcrypt::test

// What is found when an image is checked: what is missing, damaged, elsewhere or embedded.
#include "image/checked.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

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
  EXPECT_EQ(problems_of(result).size(), 2U);
  EXPECT_EQ(worst_problem(result)->code(), ErrorCode::kNotFound);
  EXPECT_THAT(worst_problem(result)->message(), testing::StartsWith("layer 1 of the image: "));
}

// One blob in two places is read once, and right in one of them.
TEST(Check, NamesOnlyTheLayerThatIsNotItsConfigs) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "content");
  const Descriptor other = store.add(kLayer, "other");
  make_root(store, add_manifest(store, add_config(store, kAmd64, {layer, other}), {layer, layer}));
  const CheckResult result = check(store);
  EXPECT_EQ(result.layers.at(0).problem, std::nullopt);
  EXPECT_EQ(result.layers.at(1).problem->code(), ErrorCode::kIntegrity);
}

TEST(Check, LetsLayersBeElsewhere) {
  MemoryStore store;
  const Descriptor layer = store.add("application/vnd.oci.image.layer.nondistributable.v1.tar", "content");
  commit(store, {layer}, {{"urls", {"https://layers.example/1"}}});
  store.blobs.erase(layer.digest);
  for (const CheckDepth depth : {CheckDepth::kKeys, CheckDepth::kContent})
    EXPECT_EQ(worst(store, depth), std::nullopt);
  // Everyone can read it there.
  EXPECT_EQ(check(store).layers.at(0).state, LayerState::kPlain);
}

// Everyone else needs the blob that is here: nobody has published the ciphertext, or a layer of another type.
TEST(Check, LetsNoOtherBlobsBeElsewhere) {
  for (const std::string type : {"application/vnd.oci.image.layer.nondistributable.v1.tar+encrypted",
                                 "application/vnd.oci.image.layer.v1.tar", "application/vnd.example"}) {
    MemoryStore store;
    const Descriptor layer = store.add(type, "content");
    commit(store, {layer}, {{"urls", {"https://layers.example/1"}}});
    store.blobs.erase(layer.digest);
    EXPECT_EQ(worst(store, CheckDepth::kKeys), ErrorCode::kNotFound) << type;
  }
}

// The first description excuses the blob, the second does not.
TEST(Check, ExcusesOnlyTheDescriptionThatMayBeElsewhere) {
  MemoryStore store;
  Descriptor foreign = store.add("application/vnd.oci.image.layer.nondistributable.v1.tar", "content");
  const Descriptor here = foreign;
  foreign.has_urls = true;
  make_root(store, add_manifest(store, add_config(store, kAmd64, {foreign, here}), {foreign, here}));
  store.blobs.erase(here.digest);
  const CheckResult result = check(store);
  EXPECT_EQ(result.layers.at(0).problem, std::nullopt);
  EXPECT_EQ(result.layers.at(1).problem->code(), ErrorCode::kNotFound);
}

TEST(Check, ChecksEachDescriptionOfABlob) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "content");
  Descriptor longer = layer;
  longer.size = 8;
  make_root(store, add_manifest(store, add_config(store, kAmd64, {layer, longer}), {layer, longer}));
  for (const CheckDepth depth : {CheckDepth::kKeys, CheckDepth::kContent}) {
    const CheckResult result = check(store, depth);
    EXPECT_EQ(result.layers.at(0).problem, std::nullopt);
    EXPECT_EQ(result.layers.at(1).problem->code(), ErrorCode::kIntegrity);
  }
}

TEST(Check, ChecksWhatAnIndexListsBesidesImages) {
  MemoryStore store;
  const Descriptor image = add_image(store, kAmd64, {"one"});
  Descriptor other = store.add("application/vnd.example", "other");
  make_root(store, add_index(store, {image, other}));
  EXPECT_EQ(worst(store), std::nullopt);
  store.blobs[other.digest] = "altered";
  EXPECT_EQ(worst(store, CheckDepth::kKeys), ErrorCode::kIntegrity);
  store.blobs.erase(other.digest);
  EXPECT_EQ(worst(store), ErrorCode::kNotFound);
  EXPECT_THAT(worst_problem(check(store))->message(), testing::StartsWith(other.digest.string() + ": "));
}

// The content of a layer that is encrypted, left in the document above it.
TEST(Check, FindsOtherContentThatIsEmbedded) {
  MemoryStore store;
  const Descriptor layer = store.add(encrypted_type(kLayer), "ciphertext");
  const Descriptor config = add_config(store, kAmd64, {layer});
  const auto with_data = [&](const Descriptor& descriptor, const char* data) {
    Json json = to_json(descriptor);
    json["data"] = data;
    return json;
  };
  const auto problems = [&](const Json& config_json, const Json& layer_json) {
    make_root(store, add_document(store, kOciManifest, {{"config", config_json}, {"layers", {layer_json}}}));
    std::vector<std::string> places;
    for (const Error& error : problems_of(check(store, CheckDepth::kKeys))) {
      const std::size_t at = error.message().find(": its descriptor embeds");
      if (at != std::string::npos) places.push_back(error.message().substr(0, at));
    }
    return places;
  };
  using testing::ElementsAre;
  EXPECT_THAT(problems(to_json(config), with_data(layer, "Y2lwaGVydGV4dA==")), ElementsAre());
  EXPECT_THAT(problems(to_json(config), with_data(layer, "cGxhaW4=")), ElementsAre("layer 0 of the image"));
  EXPECT_THAT(problems(with_data(config, "e30="), to_json(layer)), ElementsAre("config of the image"));
  Descriptor image = add_image(store, kAmd64, {"one"});
  make_root(store, add_document(store, kOciIndex, {{"manifests", {with_data(image, "cGxhaW4=")}}}));
  EXPECT_EQ(worst(store), ErrorCode::kIntegrity);
}

// The network loses a blob so often.
class LosingStore final : public ImageSource {
 public:
  LosingStore(MemoryStore& store, Digest lost, int times)
      : store_(store), lost_(std::move(lost)), times_(times) {}

  [[nodiscard]] const RootDescriptor& root() const override { return store_.root(); }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override {
    lose(blob);
    return store_.open(blob, pool);
  }
  void check_presence(const Descriptor& blob) override {
    lose(blob);
    store_.check_presence(blob);
  }

 private:
  void lose(const Descriptor& blob) {
    if (blob.digest == lost_ && times_-- > 0) throw Error(ErrorCode::kNetwork, "connection lost");
  }

  MemoryStore& store_;
  Digest lost_;
  int times_;
};

TEST(Check, BeginsAgainWhatTheNetworkLost) {
  MemoryStore store;
  const Descriptor layer = store.add(kLayer, "content");
  commit(store, {layer});
  const Digest manifest = store.root().descriptor.digest;
  for (const CheckDepth depth : {CheckDepth::kKeys, CheckDepth::kContent}) {
    for (const auto& [times, expected] :
         {std::pair{2, std::optional<ErrorCode>()}, std::pair{3, std::optional(ErrorCode::kNetwork)}}) {
      LosingStore losing(store, layer.digest, times);
      KeepingReporter reporter;
      const auto problem = worst_problem(check_image(losing, {.depth = depth, .jobs = 1}, reporter));
      EXPECT_EQ(problem ? std::optional(problem->code()) : std::nullopt, expected);
    }
  }
  LosingStore losing(store, manifest, 2);
  KeepingReporter reporter;
  EXPECT_FALSE(worst_problem(check_image(losing, {}, reporter)));
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

}  // namespace
}  // namespace imgcrypt::test

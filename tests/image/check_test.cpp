#include "image/check.hpp"

#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/image_builder.hpp"
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

TEST(Check, ReadsConfigsThatAreNotOfImagesWhenAsked) {
  MemoryStore store;
  const Descriptor config = store.add("application/vnd.example.config", "{}");
  make_root(store, add_manifest(store, config, {store.add("application/vnd.example", "x")}));
  EXPECT_EQ(worst(store), std::nullopt);
  store.blobs[config.digest] = "[]";
  EXPECT_EQ(worst(store, CheckDepth::kKeys), std::nullopt);
  EXPECT_EQ(worst(store), ErrorCode::kIntegrity);
}

// Of all manifests, listed once or several times.
TEST(Check, ReadsUpToTheLimitOfLayersOfAnImage) {
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

TEST(Check, ReadsUpToTheLimitOfDiffIds) {
  for (const auto& [count, expected] :
       {std::pair{kMostLayers - 1, ErrorCode::kIntegrity}, std::pair{kMostLayers, ErrorCode::kIntegrity},
        std::pair{kMostLayers + 1, ErrorCode::kRefused}}) {
    MemoryStore store;
    const Descriptor layer = store.add(kLayer, "x");
    const Descriptor config = add_config(store, kAmd64, std::vector<Descriptor>(count, layer));
    make_root(store, add_manifest(store, config, {layer}));
    EXPECT_EQ(worst(store, CheckDepth::kKeys), expected) << count;
  }
}

// A config that cannot be used is not read again for each manifest.
TEST(Check, ReadsEachConfigOnce) {
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

TEST(Check, TakesConfigsForWhatIsReadOfThem) {
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

TEST(Check, HoldsEveryLayerToItsDiffId) {
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
TEST(Check, TakesTheDigestOfABlobOfAnotherTypeForItsDiffId) {
  MemoryStore store;
  commit(store, {store.add("application/vnd.example", "\x1f\x8b\x08 not gzip")});
  EXPECT_EQ(worst(store), std::nullopt);
}

TEST(Check, WantsDiffIdsOfImagesAndOfEncryptedLayers) {
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
    return std::pair(std::ranges::any_of(result.problems, is_meant),
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

// Encrypted layers beside one that only the config counts.
TEST(Check, RequiresEverythingToBeEncryptedThatTheConfigCounts) {
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

TEST(Check, RequiresLayersOfAnIndexItselfToBeEncrypted) {
  MemoryStore store;
  const Descriptor layer = store.add(encrypted_type(kLayer), "x");
  const Descriptor image = add_manifest(store, add_config(store, kAmd64, {layer}), {layer});
  const Descriptor plain = store.add(kLayer, "plain");
  make_root(store, add_index(store, {image, plain}));
  EXPECT_EQ(failure([&] { require_encrypted(check(store)); }).message(),
            "not encrypted: index entry " + plain.digest.string());
}

TEST(Check, NamesAFewOfManyPlainLayers) {
  MemoryStore store;
  commit(store, std::vector<Descriptor>(40, store.add(kLayer, "content")));
  EXPECT_THAT(failure([&] { require_encrypted(check(store)); }).message(),
              testing::EndsWith("layer 15 of the image and 24 more"));
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
    for (const Error& error : check(store, CheckDepth::kKeys).problems) {
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
  EXPECT_TRUE(check_image(losing, {}, reporter).problems.empty());
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

// Docker's schema 2 images in OCI's words.
#include "image/tree/convert_to_oci.hpp"
#include "support/image_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;

constexpr const char* kDocker = "application/vnd.docker.image.rootfs.";

class Converted : public testing::Test {
 protected:
  Descriptor docker_manifest(const std::vector<Descriptor>& layers) {
    return add_manifest(store_, add_config(store_, kAmd64, layers, kDockerConfig), layers, kDockerManifest);
  }
  ImageNode convert(const Descriptor& root) {
    make_root(store_, root);
    return convert_to_oci(load_tree(store_));
  }
  static Json json_of(const ImageNode& node) {
    const auto* index = std::get_if<Index>(&node.document);
    return Json::parse(index != nullptr ? index->raw() : std::get<Manifest>(node.document).raw());
  }
  // What a document's descriptor must say of it.
  static void expect_described(const ImageNode& node) {
    const std::string text = json_of(node).dump();
    EXPECT_EQ(node.descriptor.digest, Digest::of(as_bytes(text)));
    EXPECT_EQ(node.descriptor.size, text.size());
    EXPECT_EQ(json_of(node).at("mediaType"), node.descriptor.media_type);
  }

  MemoryStore store_;
};

TEST_F(Converted, ManifestsHaveOcisTypesThroughout) {
  const ImageNode image = convert(docker_manifest({store_.add(kDocker + std::string("diff.tar"), "a"),
                                                   store_.add(kDocker + std::string("diff.tar.gzip"), "b"),
                                                   store_.add(kDocker + std::string("diff.tar.zstd"), "c")}));
  const Json manifest = json_of(image);
  EXPECT_EQ(manifest.at("mediaType"), kOciManifest);
  EXPECT_EQ(manifest.at("config").at("mediaType"), kOciConfig);
  EXPECT_THAT(layer_types(manifest),
              ElementsAre(kTar, std::string(kTar) + "+gzip", std::string(kTar) + "+zstd"));
  expect_described(image);
}

TEST_F(Converted, ForeignLayersAreNonDistributable) {
  Descriptor foreign = store_.add(kDocker + std::string("foreign.diff.tar.gzip"), "a");
  foreign.has_urls = true;
  const Json manifest = json_of(convert(docker_manifest({foreign})));
  EXPECT_THAT(layer_types(manifest),
              ElementsAre("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
  EXPECT_TRUE(manifest.at("layers").at(0).contains("urls"));
}

TEST_F(Converted, ListsAreIndexesOfConvertedManifests) {
  Descriptor child = docker_manifest({store_.add(kDocker + std::string("diff.tar.gzip"), "a")});
  child.platform = kAmd64;
  const ImageNode image = convert(add_index(store_, {child}, kDockerList));
  const Json index = json_of(image);
  EXPECT_EQ(index.at("mediaType"), kOciIndex);
  const Json& entry = index.at("manifests").at(0);
  EXPECT_EQ(entry.at("mediaType"), kOciManifest);
  EXPECT_EQ(entry.at("digest"), image.children.at(0).descriptor.digest.string());
  EXPECT_EQ(entry.at("platform").at("architecture"), "amd64");
  expect_described(image);
  expect_described(image.children.at(0));
}

TEST_F(Converted, AttestationsFollowTheirSubject) {
  const Descriptor child = docker_manifest({store_.add(kDocker + std::string("diff.tar.gzip"), "a")});
  const ImageNode image = convert(add_index(store_, {child, add_attestation(store_, child)}, kDockerList));
  const Json index = json_of(image);
  EXPECT_EQ(index.at("manifests").at(1).at("annotations").at("vnd.docker.reference.digest"),
            index.at("manifests").at(0).at("digest"));
}

TEST_F(Converted, DocumentsWithoutTypesGetTheirs) {
  const Descriptor layer = store_.add(kDocker + std::string("diff.tar.gzip"), "a");
  const Json bare = {{"schemaVersion", 2},
                     {"config", to_json(add_config(store_, kAmd64, {layer}, kDockerConfig))},
                     {"layers", to_json(std::vector{layer})}};
  Descriptor child = store_.add("", bare.dump());
  const ImageNode image = convert(add_index(store_, {child}));
  const Json manifest = json_of(image.children.at(0));
  EXPECT_EQ(manifest.at("mediaType"), kOciManifest);
  EXPECT_THAT(layer_types(manifest), ElementsAre(std::string(kTar) + "+gzip"));
  EXPECT_FALSE(json_of(image).at("manifests").at(0).contains("mediaType"));
}

TEST_F(Converted, UnknownTypesAndMembersStay) {
  const Descriptor layer = store_.add("application/wasm", "a");
  Json document = {{"schemaVersion", 2},
                   {"mediaType", kDockerManifest},
                   {"config", to_json(add_config(store_, kAmd64, {layer}, kDockerConfig))},
                   {"x-unknown", {{"a", nullptr}}},
                   {"layers", to_json(std::vector{layer})}};
  const Json manifest = json_of(convert(store_.add(kDockerManifest, document.dump())));
  document["mediaType"] = kOciManifest;
  document["config"]["mediaType"] = kOciConfig;
  EXPECT_EQ(manifest.dump(), document.dump());
}

TEST_F(Converted, OciImagesAreTheSameByteForByte) {
  const Descriptor index = add_index(
      store_, {add_image(store_, kAmd64, {"a", "b"}), store_.add("application/vnd.example+json", "other")});
  const std::string spaced = " " + store_.blobs.at(index.digest) + "\n";
  const Descriptor root = store_.add(std::string(kOciIndex), spaced);
  EXPECT_EQ(convert(root).descriptor.digest, root.digest);
  const Json bare = {
      {"schemaVersion", 2}, {"config", to_json(add_config(store_, kAmd64, {}))}, {"layers", Json::array()}};
  const Descriptor without_type = store_.add(std::string(kOciManifest), bare.dump());
  EXPECT_EQ(convert(without_type).descriptor.digest, without_type.digest);
}

}  // namespace
}  // namespace imgcrypt::test

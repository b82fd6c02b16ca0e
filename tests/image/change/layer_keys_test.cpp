#include "image/change/layer_keys.hpp"

#include "image/encrypt.hpp"
#include "image/tree/selection.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

// So many that looking at all of them for each would take minutes.
constexpr unsigned kManifests = 40;
constexpr unsigned kLayers = 1'000;

// One blob, described as many times; no two descriptions are equal, and only the first has packets.
void describe_often(MemoryStore& store, const Json& first, const std::string& public_options) {
  std::vector<Descriptor> manifests;
  Descriptor layer{first.at("mediaType"),
                   Digest::parse(first.at("digest").get<std::string>()),
                   first.at("size"),
                   first.at("annotations"),
                   std::nullopt,
                   false,
                   false};
  const Descriptor config = add_config(store, kAmd64, {});
  for (unsigned i = 0; i < kManifests; ++i) {
    std::vector<Descriptor> layers;
    for (unsigned k = 0; k < kLayers; ++k) {
      layers.push_back(layer);
      layer.annotations = {{"org.opencontainers.image.enc.pubopts", public_options},
                           {"org.opencontainers.image.enc.number", std::to_string(i * kLayers + k)}};
    }
    manifests.push_back(add_manifest(store, config, layers));
  }
  make_root(store, add_index(store, manifests));
}

TEST(LayerKeys, AreFoundForManyDescriptionsOfOneBlob) {
  const Party alice;
  MemoryStore plain;
  MemoryStore encrypted;
  KeepingReporter reporter;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt_image(plain, encrypted, alice.wrappers(), {}, reporter);
  const Json first = root_of(encrypted).at("layers").at(0);
  for (const bool are_twins : {true, false}) {
    MemoryStore store;
    describe_often(store, first,
                   are_twins ? first.at("annotations").at("org.opencontainers.image.enc.pubopts") : "");
    const ImageNode tree = load_tree(store);
    const UnwrappedKeys keys =
        unwrap_layer_keys(tree, choose_layers(tree, {}), alice.unwrappers(), 2, reporter);
    std::size_t opened = 0;
    std::size_t locked = 0;
    for_each_layer(tree, [&](const std::string& place, const Descriptor& layer) {
      if (keys.find(layer)) ++opened;
      const LockedLayer* found = keys.find_locked(layer);
      if (found == nullptr) return;
      ++locked;
      EXPECT_EQ(found->place, place);
    });
    EXPECT_EQ(opened, are_twins ? kManifests * kLayers : 1U);
    EXPECT_EQ(locked, are_twins ? 0U : kManifests * kLayers - 1U);
  }
}

}  // namespace
}  // namespace imgcrypt::test

// Layers of a byte: two of them can have the same ciphertext under different keys.
#include "image/encrypt.hpp"
#include "image/recipients/change_recipients.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

class Tiny : public testing::Test {
 protected:
  // `count` layers, each another byte, and then `empty` empty ones.
  void build(unsigned count, unsigned empty) {
    for (unsigned i = 0; i < count; ++i)
      layers_.push_back(plain_.add(kTar, std::string(1, static_cast<char>(i))));
    for (unsigned i = 0; i < empty; ++i) layers_.push_back(plain_.add(kTar, ""));
    commit();
  }
  void commit() { make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, layers_), layers_)); }

  static std::size_t blobs_of_layers(const MemoryStore& store) {
    std::set<std::string> digests;
    const Json manifest = root_of(store);
    for (const Json& layer : manifest.at("layers")) digests.insert(layer.at("digest").get<std::string>());
    return digests.size();
  }

  void expect_comes_back(MemoryStore& encrypted) {
    MemoryStore back;
    EXPECT_THAT(party_.decrypt(encrypted, back), testing::HasSubstr("exact: the result is identical"));
    EXPECT_EQ(back.blobs, plain_.blobs);
  }

  std::vector<Descriptor> layers_;
  Party party_;
  MemoryStore plain_;
  KeepingReporter reporter_;
};

TEST_F(Tiny, LayersHaveDifferentCiphertexts) {
  build(200, 2);
  MemoryStore encrypted;
  encrypt_image(plain_, encrypted, party_.wrappers(), {.write = {.jobs = 4}}, reporter_);
  EXPECT_EQ(blobs_of_layers(encrypted), 201U);  // the empty ones share theirs
  expect_comes_back(encrypted);
  MemoryStore rotated;
  replace_recipients(encrypted, rotated, party_.wrappers(), party_.unwrappers(), Rotation::kFreshKeys,
                     {.write = {.jobs = 4}}, reporter_);
  EXPECT_EQ(blobs_of_layers(rotated), 201U);
  expect_comes_back(rotated);
}

// What stays plain or keeps its key cannot be drawn again.
TEST_F(Tiny, LayersDifferFromThoseThatStay) {
  build(200, 0);
  MemoryStore first;
  encrypt_image(plain_, first, party_.wrappers(), {.selection = {{}, {{0, 99}}}, .write = {.jobs = 4}},
                reporter_);
  EXPECT_EQ(blobs_of_layers(first), 200U);
  MemoryStore second;
  encrypt_image(first, second, party_.wrappers(), {.write = {.jobs = 4}}, reporter_);
  EXPECT_EQ(blobs_of_layers(second), 200U);
  expect_comes_back(second);
}

TEST_F(Tiny, LayersAreRefusedWhenEveryCiphertextIsTaken) {
  build(256, 0);
  MemoryStore encrypted;
  encrypt_image(plain_, encrypted, party_.wrappers(), {.write = {.jobs = 4}}, reporter_);
  expect_comes_back(encrypted);
  Descriptor again = layers_.front();
  again.media_type += "+gzip";
  layers_.push_back(again);
  commit();
  MemoryStore refused;
  const Error error =
      failure([&] { encrypt_image(plain_, refused, party_.wrappers(), {.write = {.jobs = 4}}, reporter_); });
  EXPECT_EQ(error.code(), ErrorCode::kRefused);
  EXPECT_THAT(error.message(), testing::HasSubstr("a layer of 1 byte cannot be encrypted"));
}

}  // namespace
}  // namespace imgcrypt::test

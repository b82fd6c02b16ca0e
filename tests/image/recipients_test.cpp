// Other recipients for images that are encrypted already.
#include "image/encrypt.hpp"
#include "image/inspect.hpp"
#include "image/recipients/change_recipients.hpp"
#include "layer/wrapped_keys.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"
#include "support/random_image.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::HasSubstr;

class Recipients : public testing::Test {
 protected:
  void encrypt(MemoryStore& plain) { encrypt_image(plain, encrypted_, alice_.wrappers(), {}, reporter_); }

  void add(MemoryStore& destination, const RecipientsOptions& options = {}) {
    add_recipients(encrypted_, destination, bob_.wrappers(), alice_.unwrappers(), options, reporter_);
  }
  void replace(MemoryStore& destination, Rotation rotation = Rotation::kNone) {
    replace_recipients(encrypted_, destination, bob_.wrappers(), alice_.unwrappers(), rotation, {},
                       reporter_);
  }

  // The image comes back with this key, documents and blobs.
  static void expect_opened(const Party& party, MemoryStore& store, const MemoryStore& plain,
                            const std::string& what) {
    MemoryStore back;
    EXPECT_THAT(party.decrypt(store, back), HasSubstr("exact: the result is identical")) << what;
    EXPECT_EQ(back.blobs, plain.blobs) << what;
  }
  static void expect_closed(const Party& party, MemoryStore& store) {
    MemoryStore back;
    EXPECT_EQ(error_of([&] { party.decrypt(store, back); }), ErrorCode::kNoKey);
    EXPECT_TRUE(back.blobs.empty());
  }

  // Changes the annotations of the encrypted image's only layer.
  void set_annotation(const std::string& name, const std::string& value) {
    Json manifest = root_of(encrypted_);
    manifest["layers"][0]["annotations"][name] = value;
    make_root(encrypted_, encrypted_.add(std::string(kOciManifest), manifest.dump()));
  }
  [[nodiscard]] static std::string annotation(const MemoryStore& store, const std::string& name) {
    return root_of(store).at("layers").at(0).at("annotations").value(name, "none");
  }

  Party alice_;
  Party bob_;
  MemoryStore encrypted_;
  KeepingReporter reporter_;
};

// Where annotations were absent, empty or null before, marks say so: they must outlive every change.
TEST_F(Recipients, ChangeAndTheSameImageComesBack) {
  unsigned tried = 0;
  for (unsigned seed = 100; seed < 125; ++seed) {
    MemoryStore plain;
    RandomImage(seed).build(plain);
    if (inspect_image(plain).totals.layers == 0) continue;
    ++tried;
    encrypt(plain);
    MemoryStore added;
    add(added);
    expect_opened(alice_, added, plain, "added, seed " + std::to_string(seed));
    expect_opened(bob_, added, plain, "added, seed " + std::to_string(seed));
    MemoryStore replaced;
    replace(replaced);
    expect_opened(bob_, replaced, plain, "replaced, seed " + std::to_string(seed));
    expect_closed(alice_, replaced);
    MemoryStore rotated;
    replace(rotated, Rotation::kFreshKeys);
    expect_opened(bob_, rotated, plain, "rotated, seed " + std::to_string(seed));
    expect_closed(alice_, rotated);
  }
  EXPECT_GT(tried, 15U);
}

TEST_F(Recipients, AreAddedBesideUnknownSchemes) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt(plain);
  const std::string future = "org.opencontainers.image.enc.keys.future";
  set_annotation(future, "AAAA,BBBB");
  const std::string old = annotation(encrypted_, kJweAnnotation);
  MemoryStore added;
  add(added);
  EXPECT_EQ(annotation(added, future), "AAAA,BBBB");
  EXPECT_TRUE(annotation(added, kJweAnnotation).starts_with(old + ","));
  MemoryStore replaced;
  replace(replaced);
  EXPECT_EQ(annotation(replaced, future), "none");
}

TEST_F(Recipients, AreAtMost64OfOneScheme) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt(plain);
  const std::string packet = annotation(encrypted_, kJweAnnotation);
  std::string packets = packet;
  for (unsigned i = 1; i < 63; ++i) packets += "," + packet;
  set_annotation(kJweAnnotation, packets);
  MemoryStore full;
  add(full);
  expect_opened(bob_, full, plain, "64 packets");
  set_annotation(kJweAnnotation, packets + "," + packet);
  MemoryStore destination;
  EXPECT_EQ(error_of([&] { add(destination); }), ErrorCode::kRefused);
}

TEST_F(Recipients, AddedAgainStillHaveOnePacket) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt(plain);
  MemoryStore once;
  add(once);
  const auto packets = [](const MemoryStore& store) {
    return std::ranges::count(annotation(store, kJweAnnotation), ',') + 1;
  };
  ASSERT_EQ(packets(once), 2);
  MemoryStore twice;
  add_recipients(once, twice, bob_.wrappers(), alice_.unwrappers(), {}, reporter_);
  EXPECT_EQ(packets(twice), 2);
  expect_opened(alice_, twice, plain, "alice");
  expect_opened(bob_, twice, plain, "bob, added twice");
}

// A blob with a digest of its own that no one with the key made: to wrap the key anew would vouch for it.
TEST_F(Recipients, AreNotAddedToForgedLayers) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"content"}));
  encrypt(plain);
  Json manifest = root_of(encrypted_);
  Json& layer = manifest["layers"][0];
  std::string forged = encrypted_.blobs.at(Digest::parse(layer["digest"].get<std::string>()));
  forged[0] ^= 1;
  layer["digest"] = encrypted_.add("", forged).digest.string();
  make_root(encrypted_, encrypted_.add(std::string(kOciManifest), manifest.dump()));
  MemoryStore destination;
  EXPECT_EQ(error_of([&] { add(destination); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([&] { replace(destination); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([&] { replace(destination, Rotation::kFreshKeys); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([&] { add(encrypted_); }), ErrorCode::kIntegrity) << "which has the blob already";
  EXPECT_EQ(error_of([&] { add(destination, {.check = BlobCheck::kNone}); }), std::nullopt);
  MemoryStore elsewhere;
  EXPECT_EQ(error_of([&] { add(elsewhere, {.check = BlobCheck::kMoved}); }), ErrorCode::kIntegrity);
}

TEST_F(Recipients, AreAddedWithoutReadingABlobThatStays) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt(plain);
  const Digest layer = Digest::parse(root_of(encrypted_).at("layers").at(0).at("digest").get<std::string>());
  add(encrypted_, {.check = BlobCheck::kMoved});
  EXPECT_EQ(encrypted_.opened[layer], 0U);
  expect_opened(bob_, encrypted_, plain, "bob");
  encrypted_.opened.clear();
  add(encrypted_);
  EXPECT_EQ(encrypted_.opened[layer], 1U);
}

// Somebody has put the packet of another layer first: Bob would be given a key that does not open this one.
TEST_F(Recipients, AreNotAddedWherePacketsDisagree) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a"}));
  encrypt(plain);
  const std::string packet = annotation(encrypted_, kJweAnnotation);
  MemoryStore other;
  encrypt_image(plain, other, alice_.wrappers(), {}, reporter_);
  set_annotation(kJweAnnotation, annotation(other, kJweAnnotation) + "," + packet);
  MemoryStore destination;
  const Error error = failure([&] { add(destination, {.check = BlobCheck::kNone}); });
  EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  EXPECT_THAT(error.message(), HasSubstr("layer 0 of the image: its wrapped keys are not the same"));
  EXPECT_TRUE(destination.blobs.empty());
}

TEST_F(Recipients, RotateToFreshKeysAndBlobs) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"one", "two"}));
  encrypt(plain);
  MemoryStore rotated;
  replace(rotated, Rotation::kFreshKeys);
  const Json manifest = root_of(encrypted_);
  for (const Json& layer : manifest.at("layers"))
    EXPECT_FALSE(rotated.blobs.contains(Digest::parse(layer.at("digest").get<std::string>())));
  for (const auto& [digest, content] : rotated.blobs)
    EXPECT_TRUE(content != layer_content("one") && content != layer_content("two"));
}

TEST_F(Recipients, NeedAnEncryptedLayer) {
  make_root(encrypted_, add_image(encrypted_, kAmd64, {"a"}));
  MemoryStore destination;
  EXPECT_EQ(error_of([&] { add(destination); }), ErrorCode::kRefused);
  EXPECT_EQ(error_of([&] { replace(destination); }), ErrorCode::kRefused);
  EXPECT_TRUE(destination.blobs.empty());
}

TEST_F(Recipients, NeedTheKeyOfEveryLayer) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a", "b"}));
  encrypt_image(plain, encrypted_, alice_.wrappers(), {.selection = {{}, {{0, 0}}}}, reporter_);
  MemoryStore both;
  encrypt_image(encrypted_, both, bob_.wrappers(), {}, reporter_);
  MemoryStore destination;
  const Error error = failure(
      [&] { add_recipients(both, destination, bob_.wrappers(), alice_.unwrappers(), {}, reporter_); });
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), HasSubstr("layer 1 of the image"));
  EXPECT_TRUE(destination.blobs.empty());
}

TEST_F(Recipients, StayInADryRun) {
  MemoryStore plain;
  make_root(plain, add_image(plain, kAmd64, {"a", "b"}));
  encrypt(plain);
  MemoryStore destination;
  const RecipientsResult result =
      add_recipients(encrypted_, destination, bob_.wrappers(), alice_.unwrappers(),
                     {.write = {.dry_run = DryRun::kYes}}, reporter_);
  EXPECT_FALSE(result.root);
  EXPECT_EQ(result.layers, 2U);
  EXPECT_TRUE(destination.blobs.empty());
}

}  // namespace
}  // namespace imgcrypt::test

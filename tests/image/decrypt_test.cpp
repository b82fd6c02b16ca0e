// What is decrypted of an image, what stays encrypted, and what is said of the result.
#include "image/change/source_digest.hpp"
#include "image/decrypted.hpp"

namespace imgcrypt::test {
namespace {

using Decrypt = Decrypted;

// The record and the layer's own options agree with each other, but not with the layer.
// Only what has to be compared needs diff_ids that can be read.
// As by writers that compress on the way: the options name what the layer was before.
TEST_F(Decrypt, SaysNothingUntrueOfARecordThatIsNotADigest) {
  build({"one"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  Annotations annotations = manifest.annotations();
  annotations.at(*newest_record(annotations)) = "junk";
  commit(encrypted_, manifest.config(), manifest.layers(), annotations);
  EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
  EXPECT_THAT(reporter_.said, testing::HasSubstr("does not say which digest it had before it was encrypted"));
}

TEST_F(Decrypt, NotesACompressionThatTheMediaTypeDoesNotName) {
  build({"one"});
  const std::string tar = "not compressed";
  const Descriptor layer = encrypted_layer(tar, Digest::of(as_bytes(tar)));
  commit(encrypted_, config(encrypted_, {Digest::of(as_bytes(tar)).string()}), {layer}, {});
  (void)decrypt();
  EXPECT_THAT(reporter_.said, testing::HasSubstr("its content is not compressed, but its media type"));
}

TEST_F(Decrypt, NotesOnceWhatHoldsOfSeveralLayers) {
  build({"one"});
  std::vector<Descriptor> layers;
  std::vector<std::string> diff_ids;
  for (const std::string tar : {"one", "two", "three"}) {
    layers.push_back(encrypted_layer(tar, Digest::of(as_bytes(tar))));
    diff_ids.push_back(Digest::of(as_bytes(tar)).string());
  }
  commit(encrypted_, config(encrypted_, diff_ids), layers, {});
  (void)decrypt();
  EXPECT_THAT(reporter_.notes,
              testing::Contains("3 layers are not compressed as their media types say (-v lists them)"));
  EXPECT_THAT(reporter_.notes, testing::Not(testing::Contains(testing::HasSubstr("its content is"))));
  EXPECT_THAT(reporter_.said, testing::HasSubstr("layer 2 of the image: its content is not compressed"));
}

// The configs of artifacts, under their own type and under that of images.
// Each in the place of an encrypted layer, which would otherwise pass.
// Runtimes do not ask for the config's type, so changing it must not switch the comparison off.
TEST_F(Decrypt, CopiesPlainImagesWithoutAKey) {
  build({"one"});
  unwrappers_.clear();
  MemoryStore copy;
  EXPECT_EQ(decrypt_image(plain_, copy, unwrappers_, {}, reporter_).exactness, Exactness::kNotEncrypted);
  EXPECT_THAT(reporter_.said, testing::HasSubstr("not encrypted: copied unchanged"));
  EXPECT_EQ(copy.blobs, plain_.blobs);
  encrypt();
  const Error error = refusal();
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), testing::HasSubstr("no key was given, and it is encrypted for jwe ECDH-ES"));
}

// A destination that can take nothing.
class Unready final : public ImageDestination {
 public:
  void check() override { throw Error(ErrorCode::kUsage, "not ready"); }
  [[nodiscard]] bool has(const Descriptor&) override { return false; }
  [[nodiscard]] bool adopt(const Descriptor&) override { return false; }
  Digest put_blob(const BlobInfo&, Source&) override { throw Error(ErrorCode::kOther, "put"); }
  void put_document(const Descriptor&, std::string_view) override { throw Error(ErrorCode::kOther, "put"); }
  std::optional<Digest> commit(const RootDescriptor&) override { return std::nullopt; }
};

TEST_F(Decrypt, ReadsNoLayerForADestinationThatIsNotReady) {
  build({"one", "two"});
  encrypt_image(plain_, encrypted_, wrappers_, {.selection = {{}, {{0, 0}}}}, reporter_);
  Unready unready;
  EXPECT_EQ(error_of([&] {
              (void)decrypt_image(encrypted_, unready, unwrappers_, {.diff_ids = DiffIdCheck::kAlways},
                                  reporter_);
            }),
            ErrorCode::kUsage);
  const Manifest manifest = manifest_of(encrypted_);
  for (const Descriptor& layer : manifest.layers()) EXPECT_EQ(encrypted_.opened[layer.digest], 0U);
}

TEST_F(Decrypt, LeavesLayersEncryptedThatAreNotSelected) {
  build({"one", "two", "three"});
  encrypt();
  const DecryptResult chosen = decrypt({.selection = {.platforms = {}, .layers = {{-1, -1}}}});
  EXPECT_EQ(chosen.exactness, Exactness::kPartial);
  const Manifest before = manifest_of(encrypted_);
  const Manifest after = manifest_of(*back_);
  EXPECT_EQ(after.layers()[0].annotations, before.layers()[0].annotations);
  EXPECT_EQ(after.layers()[2].media_type, kGzipLayer);
  EXPECT_EQ(after.annotations(), before.annotations());

  // What is left can be decrypted later, and then it is the image that was encrypted.
  MemoryStore rest;
  EXPECT_EQ(decrypt_image(*back_, rest, unwrappers_, {}, reporter_).exactness, Exactness::kExact);
  EXPECT_EQ(rest.root().descriptor.digest, plain_.root().descriptor.digest);
}

constexpr const char* kJwePackets = "org.opencontainers.image.enc.keys.jwe";

// For a key that nobody here has.
Annotations wrap_for_another(const Digest& layer) {
  KeyWrappers wrappers;
  wrappers.push_back(
      std::make_unique<JweWrapper>(PublicJwk{PrivateKey::generate_ec("P-256").public_key(), {}, {}, {}}));
  return wrap_private_options(PrivateOptions::generate(layer), wrappers);
}

TEST_F(Decrypt, LeavesLockedLayersWhenAsked) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  std::vector<Descriptor> layers = manifest.layers();
  layers[0].annotations[kJwePackets] = wrap_for_another(layers[0].digest).at(kJwePackets);
  commit(encrypted_, manifest.config(), layers, manifest.annotations());
  EXPECT_EQ(refusal().code(), ErrorCode::kNoKey);
  const DecryptResult result = decrypt({.locked = Locked::kStay});
  EXPECT_EQ(result.layers[0].outcome, DecryptedAs::kLocked);
  EXPECT_EQ(result.layers[1].outcome, DecryptedAs::kDecrypted);
  EXPECT_THAT(reporter_.said, testing::HasSubstr("layer 0 of the image: no key opens it"));
  EXPECT_EQ(refusal({.selection = {.platforms = {}, .layers = {{0, 0}}}, .locked = Locked::kStay}).code(),
            ErrorCode::kNoKey);
}

TEST_F(Decrypt, LeavesLockedLayersWithJunkAmongTheirPacketsWhenAsked) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  std::vector<Descriptor> layers = manifest.layers();
  const std::string for_another = wrap_for_another(layers[0].digest).at(kJwePackets);
  for (const std::string junk : {"anVuaw==", "!", ""}) {
    // Somebody else opens it.
    layers[0].annotations.at(kJwePackets) = junk + "," + for_another;
    commit(encrypted_, manifest.config(), layers, manifest.annotations());
    EXPECT_EQ(refusal().code(), ErrorCode::kNoKey) << junk;
    EXPECT_EQ(decrypt({.locked = Locked::kStay}).layers[0].outcome, DecryptedAs::kLocked) << junk;
    // Nobody does: it is damaged.
    layers[0].annotations.at(kJwePackets) = junk;
    commit(encrypted_, manifest.config(), layers, manifest.annotations());
    EXPECT_EQ(refusal({.locked = Locked::kStay}).code(), ErrorCode::kIntegrity) << junk;
  }
}

TEST_F(Decrypt, RemovesContentEmbeddedInAnyDescriptorOfALayer) {
  build({"one"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  const std::string layer = json_of(manifest.layers()[0]);
  const std::string embedding = layer.substr(0, layer.size() - 1) + R"(,"data":"AAAA"})";
  const std::string text = R"({"schemaVersion":2,"config":)" +
                           json_of(config(encrypted_, {std::string(Digest::of(as_bytes("one")).string()),
                                                       Digest::of(as_bytes("one")).string()})) +
                           R"(,"layers":[)" + layer + "," + embedding + "]}";
  encrypted_.commit({encrypted_.add(std::string(kOciManifest), text), {}});
  EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
  EXPECT_FALSE(manifest_of(*back_).layers()[1].has_data);
  EXPECT_THAT(reporter_.said,
              testing::HasSubstr("layer 1 of the image: its descriptor embeds, in `data`, other"));
}

TEST_F(Decrypt, WritesNothingWhenItIsDry) {
  build({"one", "two"});
  encrypt();
  const DecryptResult result = decrypt({.write = {.dry_run = DryRun::kYes}});
  EXPECT_FALSE(result.root);
  EXPECT_EQ(result.layers[1].outcome, DecryptedAs::kDecrypted);
  EXPECT_TRUE(back_->blobs.empty());
}

}  // namespace
}  // namespace imgcrypt::test

// Which layers encrypt changes, and what it makes of them.
#include "image/encrypted.hpp"
#include "support/run_program.hpp"

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Encrypted, BlobsOfTwoPlatformsAreEncryptedOnceForBoth) {
  make_root(plain_, add_index(plain_, {add_image(plain_, kAmd64, {"base", "a"}),
                                       add_image(plain_, kArm64, {"base", "b", "c"})}));
  encrypt({.selection = {{}, {{-1, -1}, {-2, -2}}}});
  const Json index = root_of(encrypted_);
  const Json amd64 = child_of(encrypted_, index, 0);
  const Json arm64 = child_of(encrypted_, index, 1);
  // The base is chosen in the first only, but it is one blob.
  EXPECT_EQ(encryption_of(amd64), "ee");
  EXPECT_EQ(encryption_of(arm64), "eee");
  EXPECT_EQ(amd64.at("layers").at(0).dump(), arm64.at("layers").at(0).dump());
  expect_comes_back();
}

TEST_F(Encrypted, LayersOfABaseAreNot) {
  MemoryStore base;
  make_root(base, add_image(base, kArm64, {"one", "two"}));
  make_root(plain_, add_image(plain_, kAmd64, {"one", "two", "three"}));
  EXPECT_THAT(outcomes(encrypt({.base = &base})),
              ElementsAre(EncryptedAs::kBase, EncryptedAs::kBase, EncryptedAs::kEncrypted));
  EXPECT_EQ(encryption_of(root_of(encrypted_)), "--e");
  expect_comes_back();
}

TEST_F(Encrypted, LayersOfABaseAreToldByTheirDiffIds) {
  MemoryStore base;
  const Descriptor uncompressed = base.add(kTar, layer_content("one"));
  const std::string content(as_text(run_program("gzip -n -c", layer_content("one"))));
  const Descriptor compressed = base.add(std::string(kTar) + "+gzip", content);
  make_root(base, add_manifest(base, add_config(base, kAmd64, {uncompressed}), {compressed}));
  make_root(plain_, add_image(plain_, kAmd64, {"one", "two"}));
  encrypt({.base = &base});
  EXPECT_EQ(encryption_of(root_of(encrypted_)), "-e");
}

// Whoever makes the base can name any digest, such as that of a layer that is to be hidden.
TEST_F(Encrypted, LayersOfABaseAreReadBeforeTheirDigestsAreBelieved) {
  MemoryStore base;
  make_root(base, add_image(base, kAmd64, {"one", "two"}));
  base.blobs[Digest::of(as_bytes(layer_content("two")))] = layer_content("not");
  make_root(plain_, add_image(plain_, kAmd64, {"one", "two"}));
  EXPECT_THAT(outcomes(encrypt({.base = &base})), ElementsAre(EncryptedAs::kBase, EncryptedAs::kEncrypted));
  EXPECT_THAT(reporter_.said, HasSubstr("the base's layer 1 of the image is not what the base says"));
}

// A blob that is not a layer of the file system shifts the layers against the diff_ids.
TEST_F(Encrypted, LayersOfABaseAreFoundBesideBlobsThatTheConfigDoesNotCount) {
  MemoryStore base;
  make_root(base, add_image(base, kAmd64, {"base"}));
  const Descriptor sbom = plain_.add("application/spdx+json", "{}");
  const Descriptor secret = plain_.add(kTar, layer_content("secret"));
  const Descriptor of_base = plain_.add(kTar, layer_content("base"));
  make_root(plain_,
            add_manifest(plain_, add_config(plain_, kAmd64, {secret, of_base}), {sbom, secret, of_base}));
  EXPECT_THAT(outcomes(encrypt({.base = &base})),
              ElementsAre(EncryptedAs::kNotALayer, EncryptedAs::kEncrypted, EncryptedAs::kBase));
  EXPECT_EQ(encryption_of(root_of(encrypted_)), "-e-");
  expect_comes_back();
}

TEST_F(Encrypted, LayersOfOtherTypesAreNotAndANoteSaysSo) {
  const Descriptor layer = plain_.add(kTar, layer_content("a"));
  const Descriptor wasm = plain_.add("application/wasm", layer_content("b"));
  Descriptor elsewhere =
      plain_.add("application/vnd.oci.image.layer.nondistributable.v1.tar", layer_content("c"));
  elsewhere.has_urls = true;
  const Descriptor here =
      plain_.add("application/vnd.oci.image.layer.nondistributable.v1.tar", layer_content("d"));
  const std::vector layers = {layer, wasm, elsewhere, here};
  make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, layers), layers));
  EXPECT_THAT(outcomes(encrypt()), ElementsAre(EncryptedAs::kEncrypted, EncryptedAs::kNotALayer,
                                               EncryptedAs::kForeign, EncryptedAs::kEncrypted));
  EXPECT_EQ(encryption_of(root_of(encrypted_)), "e--e");
  EXPECT_THAT(reporter_.said,
              HasSubstr("layer 1 of the image is not encrypted: its type is application/wasm; it counts as a "
                        "layer of the file system, and everyone can read it"));
  EXPECT_THAT(reporter_.said, HasSubstr("layer 2 of the image is not encrypted"));
  expect_comes_back();
}

// As `check --require-encrypted` has it.
TEST_F(Encrypted, LayersOfOtherTypesMayBeOfTheFileSystemWhereDiffIdsCannotBeRead) {
  const Descriptor config = plain_.add(kOciConfig, R"({"rootfs":{"diff_ids":["md5:0","md5:1"]}})");
  make_root(plain_,
            add_manifest(plain_, config,
                         {plain_.add(kTar, layer_content("a")), plain_.add("application/wasm", "b")}));
  (void)encrypt();
  EXPECT_THAT(reporter_.said,
              HasSubstr("layer 1 of the image is not encrypted: its type is application/wasm; it counts as a "
                        "layer of the file system, and everyone can read it"));
}

TEST_F(Encrypted, ArtifactsAreRefused) {
  const std::vector layers = {plain_.add("application/vnd.example.data", "a")};
  make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, layers), layers));
  EXPECT_EQ(error_with(), ErrorCode::kRefused);
  EXPECT_TRUE(encrypted_.blobs.empty());
}

// An entry of an index may be missing, a layer may not, even if both are one blob.
TEST_F(Encrypted, LayersMustBeThereThatAnIndexListsAsWell) {
  const Descriptor layer = plain_.add(kTar, layer_content("a"));
  const Descriptor image = add_image(plain_, kAmd64, {"a", "b"});
  Descriptor entry = layer;
  entry.media_type = "application/vnd.example";
  make_root(plain_, add_index(plain_, {entry, image}));
  plain_.blobs.erase(layer.digest);
  EXPECT_EQ(error_with({.selection = {{}, {{1, 1}}}}), ErrorCode::kNotFound);
}

TEST_F(Encrypted, LayersThatAreElsewhereFailADryRunToo) {
  Descriptor layer = plain_.add(kTar, layer_content("a"));
  layer.has_urls = true;
  make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, {layer}), {layer}));
  plain_.blobs.erase(layer.digest);
  for (const DryRun dry_run : {DryRun::kYes, DryRun::kNo})
    EXPECT_EQ(error_with({.write = {.dry_run = dry_run}}), ErrorCode::kNotFound);
}

// Whatever else has urls is needed all the same: nobody fetches it from there.
TEST_F(Encrypted, OnlyForeignLayersMayBeMissing) {
  const std::string foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar";
  for (const std::string& type :
       {foreign, std::string(kTar), std::string("application/wasm"), std::string(kOciConfig)}) {
    const Descriptor chosen = plain_.add(kTar, layer_content("a"));
    Descriptor missing = plain_.add(type, layer_content(type));
    missing.has_urls = true;
    const bool is_config = type == kOciConfig;
    make_root(plain_, is_config ? add_manifest(plain_, missing, {chosen})
                                : add_manifest(plain_, add_config(plain_, kAmd64, {chosen, missing}),
                                               {chosen, missing}));
    plain_.blobs.erase(missing.digest);
    for (const DryRun dry_run : {DryRun::kYes, DryRun::kNo}) {
      const auto error = error_with({.selection = {{}, {{0, 0}}}, .write = {.dry_run = dry_run}});
      EXPECT_EQ(error, type == foreign ? std::nullopt : std::optional(ErrorCode::kNotFound)) << type;
    }
  }
}

TEST_F(Encrypted, LayersKeepTheirRecipientsWithoutAKey) {
  make_root(plain_, add_image(plain_, kAmd64, {"a", "b"}));
  encrypt({.selection = {{}, {{0, 0}}}});
  const Party bob;
  MemoryStore both;
  const EncryptResult result = encrypt_image(encrypted_, both, bob.wrappers(), {}, reporter_);
  EXPECT_THAT(outcomes(result), ElementsAre(EncryptedAs::kKept, EncryptedAs::kEncrypted));
  EXPECT_EQ(root_of(both).at("layers").at(0).dump(), root_of(encrypted_).at("layers").at(0).dump());
  MemoryStore again;
  EXPECT_EQ(error_of([&] { encrypt_image(both, again, bob.wrappers(), {}, reporter_); }),
            ErrorCode::kRefused);
}

TEST_F(Encrypted, LayersGetRecipientsWithAKey) {
  make_root(plain_, add_image(plain_, kAmd64, {"a", "b"}));
  encrypt({.selection = {{}, {{0, 0}}}});
  const Party bob;
  const KeyUnwrappers keys = alice_.unwrappers();
  MemoryStore both;
  const EncryptResult result =
      encrypt_image(encrypted_, both, bob.wrappers(), {.unwrappers = &keys}, reporter_);
  EXPECT_THAT(outcomes(result), ElementsAre(EncryptedAs::kRecipientsAdded, EncryptedAs::kEncrypted));
  MemoryStore back;
  EXPECT_THAT(bob.decrypt(both, back), HasSubstr("exact: the result is identical"));
  EXPECT_EQ(back.blobs, plain_.blobs);
}

TEST_F(Encrypted, DryRunsWriteNothing) {
  make_root(plain_, add_image(plain_, kAmd64, {"a"}));
  const EncryptResult result = encrypt({.write = {.dry_run = DryRun::kYes}});
  EXPECT_FALSE(result.root);
  EXPECT_THAT(outcomes(result), ElementsAre(EncryptedAs::kEncrypted));
  EXPECT_TRUE(encrypted_.blobs.empty());
}

TEST_F(Encrypted, ImagesHaveAtMost1000Layers) {
  std::vector<std::string> contents;
  for (unsigned i = 0; i < 1'000; ++i) contents.push_back("layer " + std::to_string(i));
  make_root(plain_, add_image(plain_, kAmd64, contents));
  EXPECT_EQ(encrypt({.write = {.jobs = 2}}).layers.size(), 1'000U);
  expect_comes_back();
  contents.emplace_back("one more");
  make_root(plain_, add_image(plain_, kAmd64, contents));
  EXPECT_EQ(error_with(), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::test

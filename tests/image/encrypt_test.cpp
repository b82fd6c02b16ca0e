// Which layers encrypt changes, and what it makes of them.
#include "image/encrypt.hpp"

#include "base/text/encoding.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Encrypted : public testing::Test {
 protected:
  EncryptResult encrypt(const EncryptOptions& options = {}) {
    return encrypt_image(plain_, encrypted_, alice_.wrappers(), options, reporter_);
  }
  std::optional<ErrorCode> error_with(const EncryptOptions& options = {}) {
    return error_of([&] { encrypt(options); });
  }
  static std::vector<EncryptedAs> outcomes(const EncryptResult& result) {
    std::vector<EncryptedAs> outcomes;
    for (const LayerOutcome& layer : result.layers) outcomes.push_back(layer.outcome);
    return outcomes;
  }
  void expect_comes_back() {
    MemoryStore back;
    EXPECT_THAT(alice_.decrypt(encrypted_, back), HasSubstr("exact: the result is identical"));
    EXPECT_EQ(back.root().descriptor.digest, plain_.root().descriptor.digest);
    EXPECT_EQ(back.blobs, plain_.blobs);
  }

  Party alice_;
  MemoryStore plain_;
  MemoryStore encrypted_;
  KeepingReporter reporter_;
};

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
  const Descriptor compressed = base.add(std::string(kTar) + "+gzip", "one, compressed");
  make_root(base, add_manifest(base, add_config(base, kAmd64, {uncompressed}), {compressed}));
  make_root(plain_, add_image(plain_, kAmd64, {"one", "two"}));
  encrypt({.base = &base});
  EXPECT_EQ(encryption_of(root_of(encrypted_)), "-e");
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
              HasSubstr("layer 1 of the image is not encrypted: its type is application/wasm"));
  EXPECT_THAT(reporter_.said, HasSubstr("layer 2 of the image is not encrypted"));
  expect_comes_back();
}

TEST_F(Encrypted, ArtifactsAreRefused) {
  const std::vector layers = {plain_.add("application/vnd.example.data", "a")};
  make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, layers), layers));
  EXPECT_EQ(error_with(), ErrorCode::kRefused);
  EXPECT_TRUE(encrypted_.blobs.empty());
}

TEST_F(Encrypted, AttestationsFollowTheirSubject) {
  const Descriptor image = add_image(plain_, kAmd64, {"a"});
  make_root(plain_, add_index(plain_, {image, add_attestation(plain_, image)}));
  encrypt();
  const Json manifests = root_of(encrypted_).at("manifests");
  EXPECT_EQ(manifests.at(1).at("annotations").at("vnd.docker.reference.digest"),
            manifests.at(0).at("digest"));
  EXPECT_EQ(encryption_of(child_of(encrypted_, root_of(encrypted_), 1)), "-");
  expect_comes_back();
}

// To one program it is an image, to another something that it need not look into.
TEST_F(Encrypted, ManifestsAreAlsoWhereAnotherTypeNamesThem) {
  const Descriptor image = add_image(plain_, kAmd64, {"a"});
  Descriptor other = image;
  other.media_type = "application/vnd.example";
  make_root(plain_, add_index(plain_, {other, image}));
  encrypt();
  const Json index = root_of(encrypted_);
  EXPECT_EQ(index.at("manifests").at(0).at("digest"), image.digest.string());
  EXPECT_EQ(encryption_of(child_of(encrypted_, index, 1)), "e");
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

TEST_F(Encrypted, UnselectedPlatformsAreLeftOut) {
  make_root(plain_, add_index(plain_, {add_image(plain_, kAmd64, {"base", "secret of amd64"}),
                                       add_image(plain_, kArm64, {"base", "secret of arm64"})}));
  const EncryptResult result = encrypt({.selection = {{kAmd64}, {}}});
  EXPECT_THAT(result.left_out, ElementsAre("linux/arm64"));
  EXPECT_EQ(root_of(encrypted_).at("manifests").size(), 1U);
  for (const auto& [digest, content] : encrypted_.blobs) {
    EXPECT_EQ(content.find("secret"), std::string::npos);
    EXPECT_NE(content, layer_content("base"));
  }
}

TEST_F(Encrypted, DockerImagesBecomeOciImages) {
  const Descriptor layer = plain_.add("application/vnd.docker.image.rootfs.diff.tar.gzip", "a");
  Descriptor child =
      add_manifest(plain_, add_config(plain_, kAmd64, {layer}, kDockerConfig), {layer}, kDockerManifest);
  child.media_type.clear();
  make_root(plain_, add_index(plain_, {child}, kDockerList));
  encrypt();
  EXPECT_EQ(encrypted_.root().descriptor.media_type, kOciIndex);
  for (const auto& [digest, content] : encrypted_.blobs)
    EXPECT_EQ(content.find("docker"), std::string::npos) << content;
  EXPECT_THAT(layer_types(child_of(encrypted_, root_of(encrypted_), 0)),
              ElementsAre(std::string(kTar) + "+gzip+encrypted"));
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

TEST_F(Encrypted, ImagesThatOthersEncryptedInPartAreOfUnknownOrigin) {
  make_root(plain_, add_image(plain_, kAmd64, {"a", "b"}));
  encrypt({.selection = {{}, {{0, 0}}}});
  Json without_record = root_of(encrypted_);
  without_record.erase("annotations");
  make_root(encrypted_, encrypted_.add(std::string(kOciManifest), without_record.dump()));
  MemoryStore both;
  encrypt_image(encrypted_, both, alice_.wrappers(), {}, reporter_);
  EXPECT_EQ(encryption_of(root_of(both)), "ee");
  EXPECT_FALSE(root_of(both).contains("annotations"));
}

// skopeo keeps annotations that it does not know when it decrypts: each round begins with the records of all
// former ones.
TEST_F(Encrypted, ImagesThatKeepOldRecordsComeBackToo) {
  for (const bool is_index : {false, true}) {
    Descriptor image = add_image(plain_, kAmd64, {"a", "b"});
    make_root(plain_, is_index ? add_index(plain_, {image}) : image);
    for (unsigned round = 0; round < 4; ++round) {
      encrypt();
      EXPECT_EQ(root_of(encrypted_).at("annotations").size(), round + 1);
      expect_comes_back();
      Json records = root_of(plain_);
      records["annotations"] = root_of(encrypted_).at("annotations");
      make_root(plain_, plain_.add(plain_.root().descriptor.media_type, records.dump()));
      plain_.blobs.erase(Digest::parse(records["annotations"].back().get<std::string>()));
      encrypted_.blobs.clear();
    }
    plain_.blobs.clear();
  }
}

TEST_F(Encrypted, ImagesComeBackWhateverTheirRecordSays) {
  const Descriptor image = add_image(plain_, kAmd64, {"a"});
  std::string text = plain_.blobs.at(image.digest);
  text.pop_back();
  text += R"(, "annotations" : {"dev.imgcrypt.source.\u0064igest":"\u0041", "z" : ""} })";
  plain_.blobs.erase(image.digest);
  make_root(plain_, plain_.add(std::string(kOciManifest), text));
  encrypt();
  expect_comes_back();
}

// The embedded copies of layers and manifests would be readable beside the ciphertext. A config does not
// change.
TEST_F(Encrypted, EmbeddedContentGoes) {
  const Descriptor image = add_image(plain_, kAmd64, {"a", "b"});
  Json manifest = document_of(plain_, image.digest);
  manifest["config"]["data"] = "e30=";
  manifest["layers"][0]["data"] = encode_base64(as_bytes(layer_content("a")), Base64::kStandard);
  const Descriptor embedding = plain_.add(std::string(kOciManifest), manifest.dump());
  Json index = {{"schemaVersion", 2},
                {"manifests", {to_json(embedding), to_json(add_image(plain_, kArm64, {"c"}))}}};
  index["manifests"][0]["data"] = encode_base64(as_bytes(manifest.dump()), Base64::kStandard);
  make_root(plain_, plain_.add(std::string(kOciIndex), index.dump()));
  encrypt();
  EXPECT_FALSE(root_of(encrypted_).at("manifests").at(0).contains("data"));
  const Json child = child_of(encrypted_, root_of(encrypted_), 0);
  EXPECT_FALSE(child.at("layers").at(0).contains("data"));
  EXPECT_EQ(child.at("config").at("data"), "e30=");
  EXPECT_THAT(reporter_.said,
              HasSubstr(embedding.digest.string() + ": the copy of it that its descriptor embeds"));
  EXPECT_THAT(reporter_.said, HasSubstr("layer 0 of " + embedding.digest.string() + ": the copy of it"));

  MemoryStore back;
  EXPECT_THAT(alice_.decrypt(encrypted_, back), HasSubstr("not exact"));
  manifest["layers"][0].erase("data");
  EXPECT_EQ(child_of(back, root_of(back), 0), manifest);
}

TEST_F(Encrypted, MissingPlatformsAreOneWarning) {
  std::vector<Descriptor> children = {add_image(plain_, kAmd64, {"a"})};
  for (unsigned i = 0; i < 12; ++i) {
    children.push_back(add_image(plain_, {"linux", "a" + std::to_string(i), ""}, {"b"}));
    plain_.blobs.erase(children.back().digest);
  }
  make_root(plain_, add_index(plain_, children));
  encrypt();
  EXPECT_THAT(
      reporter_.said,
      HasSubstr("linux/a6, linux/a7 and 4 more are not in the source: their entries in the index are kept"));
  EXPECT_EQ(reporter_.said.find("in the source"), reporter_.said.rfind("in the source"));
}

TEST_F(Encrypted, ArtifactsOfAnImageAreCopiedAndAWarningNamesTheirSubject) {
  const Descriptor image = add_image(plain_, kAmd64, {"a"});
  const Descriptor signature = plain_.add("application/vnd.example.signature", "signed");
  const Descriptor empty = plain_.add("application/vnd.oci.empty.v1+json", "{}");
  const Descriptor artifact = add_document(
      plain_, kOciManifest,
      {{"config", to_json(empty)}, {"layers", {to_json(signature)}}, {"subject", to_json(image)}});
  make_root(plain_, add_index(plain_, {image, artifact}));
  encrypt();
  EXPECT_TRUE(encrypted_.blobs.contains(signature.digest) && encrypted_.blobs.contains(empty.digest));
  EXPECT_THAT(reporter_.said, HasSubstr(artifact.digest.string() + " is about a document that changes"));
  reporter_.said.clear();
  expect_comes_back();
  encrypted_.blobs.clear();
  encrypt({.selection = {{kAmd64}, {}}});
  EXPECT_TRUE(encrypted_.blobs.contains(signature.digest)) << "which goes with the chosen platform";
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

// Each of its documents can be read, but not all of them: a manifest of 1.3 MiB counts as often as it is
// listed.
TEST_F(Encrypted, DocumentsAreNotLargerTogetherThanWhatIsRead) {
  const Descriptor layer = plain_.add(kTar, layer_content("layer"));
  const std::vector<Descriptor> layers(1'000, layer);
  Descriptor image = add_manifest(plain_, add_config(plain_, kAmd64, layers), layers);
  image.platform = kAmd64;
  make_root(plain_, add_index(plain_, std::vector<Descriptor>(60, image)));
  EXPECT_EQ(error_with(), ErrorCode::kRefused);
  EXPECT_THROW((void)encrypted_.root(), std::bad_optional_access);
  make_root(plain_, add_index(plain_, std::vector<Descriptor>(30, image)));
  encrypt();
  EXPECT_NO_THROW((void)load_tree(encrypted_));
}

}  // namespace
}  // namespace imgcrypt::test

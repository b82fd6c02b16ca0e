// What becomes of the documents above encrypted layers, and what they record.
#include "base/text/encoding.hpp"
#include "image/encrypted.hpp"

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using EncryptedDocuments = Encrypted;

TEST_F(EncryptedDocuments, AttestationsFollowTheirSubject) {
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
TEST_F(EncryptedDocuments, ManifestsAreAlsoWhereAnotherTypeNamesThem) {
  const Descriptor image = add_image(plain_, kAmd64, {"a"});
  Descriptor other = image;
  other.media_type = "application/vnd.example";
  make_root(plain_, add_index(plain_, {other, image}));
  encrypt();
  const Json index = root_of(encrypted_);
  EXPECT_EQ(index.at("manifests").at(0).at("digest"), image.digest.string());
  EXPECT_EQ(encryption_of(child_of(encrypted_, index, 1)), "e");
}

TEST_F(EncryptedDocuments, UnselectedPlatformsAreLeftOut) {
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

TEST_F(EncryptedDocuments, DockerImagesBecomeOciImages) {
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

TEST_F(EncryptedDocuments, ImagesThatOthersEncryptedInPartAreOfUnknownOrigin) {
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
TEST_F(EncryptedDocuments, ImagesThatKeepOldRecordsComeBackToo) {
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

TEST_F(EncryptedDocuments, ImagesComeBackWhateverTheirRecordSays) {
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
TEST_F(EncryptedDocuments, EmbeddedContentGoes) {
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

TEST_F(EncryptedDocuments, MissingPlatformsAreOneWarning) {
  std::vector<Descriptor> children = {add_image(plain_, kAmd64, {"a"})};
  for (unsigned i = 0; i < 12; ++i) {
    children.push_back(add_image(plain_, {"linux", "a" + std::to_string(i), ""}, {"b"}));
    plain_.blobs.erase(children.back().digest);
  }
  make_root(plain_, add_index(plain_, children));
  encrypt();
  EXPECT_THAT(
      reporter_.said,
      HasSubstr("linux/a8, linux/a9 and 2 more are not in the source: their entries in the index are kept"));
  EXPECT_EQ(reporter_.said.find("in the source"), reporter_.said.rfind("in the source"));
}

TEST_F(EncryptedDocuments, ArtifactsOfAnImageAreCopiedAndAWarningNamesTheirSubject) {
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

// Each of its documents can be read, but not all of them: a manifest of 1.3 MiB counts as often as it is
// listed.
TEST_F(EncryptedDocuments, DocumentsAreNotLargerTogetherThanWhatIsRead) {
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

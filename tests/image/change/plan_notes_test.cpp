// What is said of the documents of an image in which something changes.
#include "image/change/plan_notes.hpp"

#include "support/image_builder.hpp"
#include "support/reporter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SomeChange final : public LayerChange {
 public:
  explicit SomeChange(NewBlob blob) : blob_(blob) {}
  [[nodiscard]] NewBlob new_blob() const noexcept override { return blob_; }
  [[nodiscard]] BlobInfo expected_blob() const override { throw std::logic_error("nothing is written"); }
  [[nodiscard]] DescriptorEdit apply(Source&, BlobDestination&) const override { return {}; }

 private:
  NewBlob blob_;
};

class PlanNotes : public testing::Test {
 protected:
  // Changes the layers of linux/amd64.
  std::string notes(NewBlob blob = NewBlob::kFixed) {
    ImagePlan plan(load_tree(store_));
    for_each_layer(plan.tree(), [&](const std::string& place, const Descriptor& layer) {
      if (place.ends_with("of linux/amd64")) plan.change(layer, std::make_unique<SomeChange>(blob));
    });
    KeepingReporter reporter;
    note_plan(plan, destination_, reporter);
    return reporter.said;
  }

  MemoryStore store_;
  MemoryStore destination_;
  Descriptor amd64_ = add_image(store_, kAmd64, {"a"});
  Descriptor arm64_ = add_image(store_, kArm64, {"b"});
};

TEST_F(PlanNotes, WarnOfDocumentsAboutOneThatChanges) {
  const Descriptor sbom = add_artifact(store_, arm64_);
  make_root(store_, add_index(store_, {amd64_, arm64_, sbom}));
  EXPECT_EQ(notes(), "");
  const Descriptor signature = add_artifact(store_, amd64_);
  make_root(store_, add_index(store_, {amd64_, arm64_, sbom, signature}));
  EXPECT_THAT(notes(), HasSubstr(signature.digest.string() + " is about a document that changes"));
}

TEST_F(PlanNotes, WarnOfDocumentsAboutOneThatIsNotAtTheDestination) {
  const Descriptor subject = add_image(store_, {"linux", "s390x", ""}, {"c"});
  const Descriptor signature = add_artifact(store_, subject);
  const std::string warning =
      " refers to " + subject.digest.string() + ", which is neither part of the image nor at the destination";
  make_root(store_, signature);
  EXPECT_THAT(notes(), HasSubstr("the image" + warning));
  make_root(store_, add_index(store_, {arm64_, signature}));
  EXPECT_THAT(notes(), HasSubstr(signature.digest.string() + warning));
  destination_.add(subject.media_type, store_.blobs.at(subject.digest));
  EXPECT_EQ(notes(), "");
}

TEST_F(PlanNotes, WarnOfLayersThatAnIndexListsAndThatStayReadable) {
  const Descriptor layer = store_.add("application/vnd.oci.image.layer.v1.tar+gzip", "layer");
  make_root(store_, add_index(store_, {amd64_, layer}));
  EXPECT_THAT(notes(NewBlob::kRandom),
              HasSubstr(layer.digest.string() + " is listed by the index itself, and not encrypted"));
  EXPECT_THAT(notes(NewBlob::kFixed), Not(HasSubstr("not encrypted")));
}

// What comes after encrypting is not part of what decrypting has to give back.
TEST_F(PlanNotes, SayThatDecryptingDoesNotBringBackOnlyWhatEncryptingRemoves) {
  Json layer = to_json(store_.add(kTar, "a"));
  layer["data"] = "YQ==";
  const Json config = to_json(add_config(store_, kAmd64, {}));
  Descriptor image =
      add_document(store_, kOciManifest, {{"config", config}, {"layers", Json::array({layer})}});
  image.platform = kAmd64;
  make_root(store_, add_index(store_, {image}));
  EXPECT_THAT(notes(NewBlob::kRandom), HasSubstr("is removed, and decrypting does not bring it back"));
  EXPECT_THAT(notes(NewBlob::kFixed), AllOf(HasSubstr("is removed"), Not(HasSubstr("bring it back"))));
}

TEST_F(PlanNotes, WarnOfDocumentsThatNameWhatIsNotCopied) {
  for (const char* type : {"application/vnd.oci.artifact.manifest.v1+json",
                           "application/vnd.docker.distribution.manifest.v1+prettyjws"}) {
    make_root(store_, add_index(store_, {amd64_, store_.add(type, "{}")}));
    EXPECT_THAT(notes(), HasSubstr("what it needs or names is neither copied nor changed")) << type;
  }
  make_root(store_, add_index(store_, {amd64_, store_.add("text/plain", "{}")}));
  EXPECT_THAT(notes(), Not(HasSubstr("neither copied")));
}

TEST_F(PlanNotes, WarnOfDocumentsThatAreTheContentOfAnArtifact) {
  const Descriptor layer = store_.add(std::string(kOciManifest), "{}");
  make_root(store_, add_manifest(store_, store_.add("application/vnd.oci.empty.v1+json", "{}"), {layer}));
  EXPECT_THAT(notes(),
              HasSubstr("layer 0 of the image is a document, and what it names is not copied with it"));
}

TEST_F(PlanNotes, WarnOnceOfAttestationsThatNameNothingInTheIndex) {
  const Descriptor gone = add_image(store_, {"linux", "s390x", ""}, {"c"});
  const Descriptor absent = add_image(store_, {"linux", "riscv64", ""}, {"d"});
  make_root(store_, add_index(store_, {add_attestation(store_, amd64_), amd64_, arm64_,
                                       add_attestation(store_, arm64_)}));
  EXPECT_EQ(notes(), "");
  const Descriptor orphan = add_attestation(store_, gone);
  make_root(store_, add_index(store_, {amd64_, arm64_, orphan}));
  EXPECT_THAT(notes(), HasSubstr(orphan.digest.string() + " is an attestation of " + gone.digest.string()));
  make_root(store_,
            add_index(store_, {amd64_, add_attestation(store_, gone), add_attestation(store_, absent)}));
  EXPECT_THAT(notes(), testing::StartsWith("2 attestations name manifests that their index does not list"));
}

}  // namespace
}  // namespace imgcrypt::test

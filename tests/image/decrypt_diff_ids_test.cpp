// What configs say of an image's layers, when it is decrypted.
#include "image/decrypted.hpp"

namespace imgcrypt::test {
namespace {

using DecryptDiffIds = Decrypted;

TEST_F(DecryptDiffIds, ChecksTheLayersOfImagesThatDoNotBecomeWhatTheyWere) {
  build({"one", "two"});
  encrypt();
  EXPECT_EQ(decrypt().exactness, Exactness::kExact);
  const Manifest manifest = manifest_of(encrypted_);
  std::vector<Descriptor> swapped = manifest.layers();
  std::swap(swapped[0], swapped[1]);
  commit(encrypted_, manifest.config(), swapped, manifest.annotations());
  const Error error = refusal();
  EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  EXPECT_THAT(error.message(), testing::HasSubstr("does not belong to this image"));
  EXPECT_EQ(refusal({.diff_ids = DiffIdCheck::kAlways}).code(), ErrorCode::kIntegrity);
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kDifferent);
}

// One blob in two places is read once, and right in the first of them.
TEST_F(DecryptDiffIds, NamesTheLayerThatIsNotItsConfigs) {
  build({"one", "one"});
  const Descriptor odd =
      config(plain_, {Digest::of(as_bytes("one")).string(), Digest::of(as_bytes("two")).string()});
  const std::vector<Descriptor> layers = manifest_of(plain_).layers();
  commit(plain_, odd, layers, {});
  encrypt();
  EXPECT_THAT(refusal({.diff_ids = DiffIdCheck::kAlways}).message(),
              testing::HasSubstr("the same blob is layer 1 of the image: the layer does not belong"));
  // A plain layer in both places.
  encrypted_.add(layers[0].media_type, plain_.blobs.at(layers[0].digest));
  commit(encrypted_, odd, layers, {});
  EXPECT_THAT(refusal({.diff_ids = DiffIdCheck::kAlways}).message(),
              testing::HasSubstr("the same blob is layer 1 of the image: the layer does not belong"));
}

TEST_F(DecryptDiffIds, DoesNotTakeOtherCompressionsForReplacedLayers) {
  for (const std::string program : {"xz", "bzip2"}) {
    build({"one"}, program + " -c");
    encrypt();
    const Error error = refusal({.diff_ids = DiffIdCheck::kAlways});
    EXPECT_EQ(error.code(), ErrorCode::kRefused);
    EXPECT_THAT(error.message(), testing::HasSubstr("compressed with " + program));
    EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kExact);
  }
}

TEST_F(DecryptDiffIds, ChecksLayersOfImagesWithoutARecord) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  commit(encrypted_, manifest.config(), manifest.layers(), {});
  EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
  const Descriptor foreign = encrypted_layer("another", manifest_of(plain_).layers()[1].digest);
  commit(encrypted_, manifest.config(), {manifest.layers()[0], foreign}, {});
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
}

TEST_F(DecryptDiffIds, DoesNotTrustTheDigestThatALayersWriterRecorded) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  const std::string another(as_text(run_program("gzip -n -c", "another")));
  const Descriptor foreign = encrypted_layer(another, manifest_of(plain_).layers()[1].digest);
  commit(encrypted_, manifest.config(), {manifest.layers()[0], foreign}, manifest.annotations());
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
}

TEST_F(DecryptDiffIds, NeedsNoDiffIdsForWhatBecomesWhatItWas) {
  build({"one", "two"});
  const std::vector<Descriptor> layers = manifest_of(plain_).layers();
  const std::string good = Digest::of(as_bytes("two")).string();
  for (const std::string& rootfs :
       {R"({"diff_ids":["md5:0123456789abcdef0123456789abcdef",")" + good + R"("]})",
        R"({"diff_ids":[],"diff_ids":[")" + good + R"("]})", std::string(R"({"diff_ids":7})")}) {
    const Descriptor odd =
        plain_.add("application/vnd.oci.image.config.v1+json", R"({"rootfs":)" + rootfs + "}");
    commit(plain_, odd, layers, {});
    reporter_.said.clear();
    encrypt();
    EXPECT_THAT(reporter_.said, testing::HasSubstr("nobody can compare its layers with them"));
    EXPECT_EQ(decrypt().exactness, Exactness::kExact);
    EXPECT_EQ(refusal({.diff_ids = DiffIdCheck::kAlways}).code(), ErrorCode::kIntegrity);
    const Manifest manifest = manifest_of(encrypted_);
    // A writer that names another layer's digest does not escape the comparison.
    const std::string another(as_text(run_program("gzip -n -c", "another")));
    const Descriptor foreign = encrypted_layer(another, layers[1].digest);
    commit(encrypted_, odd, {manifest.layers()[0], foreign}, manifest.annotations());
    EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
    commit(encrypted_, odd, manifest.layers(), {});
    EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
    EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kNotRecorded);
  }
}

TEST_F(DecryptDiffIds, TakesLayersThatTheirWriterKnewInAnotherForm) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  const std::string two(as_text(run_program("gzip -n -1 -c", "two")));
  const Descriptor layer = encrypted_layer(two, Digest::of(as_bytes("two")));
  commit(encrypted_, manifest.config(), {manifest.layers()[0], layer}, manifest.annotations());
  EXPECT_EQ(decrypt().exactness, Exactness::kDifferent);
  EXPECT_THAT(reporter_.said,
              testing::HasSubstr("layer 1 of the image: before encryption its digest was sha256:"));
}

TEST_F(DecryptDiffIds, RefusesConfigsWithAnotherNumberOfLayers) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  commit(encrypted_, config(encrypted_, {Digest::of(as_bytes("one")).string()}), manifest.layers(), {});
  for (const DiffIdCheck check : {DiffIdCheck::kAuto, DiffIdCheck::kAlways})
    EXPECT_EQ(refusal({.diff_ids = check}).code(), ErrorCode::kIntegrity);
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kNotRecorded);
}

TEST_F(DecryptDiffIds, HasNothingToCompareWithoutDiffIds) {
  build({"one"});
  encrypt();
  const std::vector<Descriptor> layers = manifest_of(encrypted_).layers();
  for (const Descriptor& config :
       {encrypted_.add("application/vnd.example.config", "no JSON"),
        encrypted_.add("application/vnd.oci.image.config.v1+json", "{}"),
        encrypted_.add("application/vnd.oci.image.config.v1+json", R"({"rootfs":{"diff_ids":[]}})")}) {
    commit(encrypted_, config, layers, {});
    reporter_.said.clear();
    EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
    EXPECT_THAT(reporter_.said, testing::HasSubstr("the image: its config lists no diff_ids"));
    const Error error = refusal({.diff_ids = DiffIdCheck::kAlways});
    EXPECT_EQ(error.code(), ErrorCode::kRefused);
    EXPECT_THAT(error.message(), testing::HasSubstr("the image: its config lists no diff_ids"));
  }
}

TEST_F(DecryptDiffIds, DoesNotReadTheConfigForNothing) {
  build({"one"});
  encrypt();
  const Descriptor config = encrypted_.add("application/vnd.oci.image.config.v1+json", "no JSON");
  commit(encrypted_, config, manifest_of(encrypted_).layers(), {});
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kNotRecorded);
}

TEST_F(DecryptDiffIds, HoldsLayersOfEveryTypeToTheirDiffIds) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  const std::string gzip(as_text(run_program("gzip -n -c", "two")));
  for (const char* type : {"application/vnd.example.layer", kGzipLayer,
                           "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"}) {
    for (const std::string& content : {gzip, std::string("another")}) {
      const Descriptor other = encrypted_.add(type, content);
      const std::string text = R"({"schemaVersion":2,"config":)" + json_of(manifest.config()) +
                               R"(,"layers":[)" + json_of(manifest.layers()[0]) + "," +
                               json_of(other).substr(0, json_of(other).size() - 1) +
                               R"(,"urls":["https://example.com"]}]})";
      encrypted_.commit({encrypted_.add(std::string(kOciManifest), text), {}});
      if (content == gzip) {
        EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
      } else {
        EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity) << type;
        encrypted_.blobs.erase(other.digest);
        if (is_nondistributable(type)) {
          EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded) << "everyone fetches it from its urls";
        } else {
          EXPECT_EQ(refusal().code(), ErrorCode::kNotFound) << type;
        }
      }
    }
  }
}

TEST_F(DecryptDiffIds, HoldsLayersToDiffIdsUnderAnyConfigType) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  std::vector<Descriptor> swapped = manifest.layers();
  std::swap(swapped[0], swapped[1]);
  Descriptor altered = manifest.config();
  altered.media_type = "application/vnd.example.config";
  commit(encrypted_, altered, swapped, {});
  for (const DiffIdCheck check : {DiffIdCheck::kAuto, DiffIdCheck::kAlways})
    EXPECT_EQ(refusal({.diff_ids = check}).code(), ErrorCode::kIntegrity);
  commit(encrypted_, altered, manifest.layers(), {});
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kAlways}).exactness, Exactness::kNotRecorded);
}

}  // namespace
}  // namespace imgcrypt::test

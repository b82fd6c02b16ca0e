#include "image/decrypt.hpp"

#include "image/change/source_digest.hpp"
#include "image/encrypt.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"
#include "support/reporter.hpp"
#include "support/run_program.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>

namespace imgcrypt::test {
namespace {

constexpr const char* kGzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";

std::string json_of(const Descriptor& blob) {
  nlohmann::json json = {
      {"mediaType", blob.media_type}, {"digest", blob.digest.string()}, {"size", blob.size}};
  if (!blob.annotations.empty()) json["annotations"] = blob.annotations;
  return json.dump();
}

// Images of gzip layers for one key, and what their documents say.
class Decrypt : public testing::Test {
 protected:
  Decrypt() {
    wrappers_.push_back(std::make_unique<JweWrapper>(PublicJwk{key_.public_key(), {}, {}, {}}));
    unwrappers_.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key_));
  }

  // Commits an image whose layers hold these texts.
  void build(const std::vector<std::string>& texts, const std::string& compress = "gzip -n -c") {
    std::vector<Descriptor> layers;
    std::vector<std::string> diff_ids;
    for (const std::string& text : texts) {
      layers.push_back(plain_.add(kGzipLayer, std::string(as_text(run_program(compress, text)))));
      diff_ids.push_back(Digest::of(as_bytes(text)).string());
    }
    commit(plain_, config(plain_, diff_ids), layers, {});
  }

  static Descriptor config(MemoryStore& store, const std::vector<std::string>& diff_ids) {
    const nlohmann::json json = {{"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
    return store.add("application/vnd.oci.image.config.v1+json", json.dump());
  }

  static void commit(MemoryStore& store, const Descriptor& config, const std::vector<Descriptor>& layers,
                     const Annotations& annotations) {
    std::string list;
    for (const Descriptor& layer : layers) list += (list.empty() ? "" : ",") + json_of(layer);
    const std::string text =
        R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + R"(","config":)" +
        json_of(config) + R"(,"layers":[)" + list + "]" +
        (annotations.empty() ? "" : ",\"annotations\":" + nlohmann::json(annotations).dump()) + "}";
    store.commit({store.add(std::string(kOciManifest), text), {}});
  }

  void encrypt() { encrypt_image(plain_, encrypted_, wrappers_, {}, reporter_); }

  [[nodiscard]] static Manifest manifest_of(MemoryStore& store) {
    return Manifest::parse(store.blobs.at(store.root().descriptor.digest));
  }

  DecryptResult decrypt(const DecryptOptions& options = {}) {
    back_.emplace();
    return decrypt_image(encrypted_, *back_, unwrappers_, options, reporter_);
  }

  // The error that decrypting ends with; nothing was committed then.
  Error refusal(const DecryptOptions& options = {}) {
    Error error = failure([&] { (void)decrypt(options); });
    EXPECT_THROW((void)back_->root(), std::bad_optional_access);
    return error;
  }

  // A layer for the same key, whose writer says what it was before.
  Descriptor encrypted_layer(const std::string& content, const Digest& source) {
    const PrivateOptions options = PrivateOptions::generate(source);
    MemorySource plaintext(to_bytes(as_bytes(content)));
    EncryptingSource ciphertext(plaintext, options);
    const Bytes bytes = pump_all(ciphertext);
    Descriptor layer = encrypted_.add(encrypted_type(kGzipLayer), std::string(as_text(bytes)));
    layer.annotations = wrap_private_options(options, wrappers_);
    set_public_options(layer.annotations, ciphertext.public_options());
    return layer;
  }

  PrivateKey key_ = PrivateKey::generate_ec("P-256");
  KeyWrappers wrappers_;
  KeyUnwrappers unwrappers_;
  MemoryStore plain_;
  MemoryStore encrypted_;
  std::optional<MemoryStore> back_;
  KeepingReporter reporter_;
};

TEST_F(Decrypt, ChecksTheLayersOfImagesThatDoNotBecomeWhatTheyWere) {
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

TEST_F(Decrypt, DoesNotTakeOtherCompressionsForReplacedLayers) {
  for (const std::string program : {"xz", "bzip2"}) {
    build({"one"}, program + " -c");
    encrypt();
    const Error error = refusal({.diff_ids = DiffIdCheck::kAlways});
    EXPECT_EQ(error.code(), ErrorCode::kRefused);
    EXPECT_THAT(error.message(), testing::HasSubstr("compressed with " + program));
    EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kExact);
  }
}

TEST_F(Decrypt, ChecksLayersOfImagesWithoutARecord) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  commit(encrypted_, manifest.config(), manifest.layers(), {});
  EXPECT_EQ(decrypt().exactness, Exactness::kNotRecorded);
  const Descriptor foreign = encrypted_layer("another", manifest_of(plain_).layers()[1].digest);
  commit(encrypted_, manifest.config(), {manifest.layers()[0], foreign}, {});
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
}

// The record and the layer's own options agree with each other, but not with the layer.
TEST_F(Decrypt, DoesNotTrustTheDigestThatALayersWriterRecorded) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  const std::string another(as_text(run_program("gzip -n -c", "another")));
  const Descriptor foreign = encrypted_layer(another, manifest_of(plain_).layers()[1].digest);
  commit(encrypted_, manifest.config(), {manifest.layers()[0], foreign}, manifest.annotations());
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
}

// Only what has to be compared needs diff_ids that can be read.
TEST_F(Decrypt, NeedsNoDiffIdsForWhatBecomesWhatItWas) {
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

// As by writers that compress on the way: the options name what the layer was before.
TEST_F(Decrypt, TakesLayersThatTheirWriterKnewInAnotherForm) {
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

TEST_F(Decrypt, RefusesConfigsWithAnotherNumberOfLayers) {
  build({"one", "two"});
  encrypt();
  const Manifest manifest = manifest_of(encrypted_);
  commit(encrypted_, config(encrypted_, {Digest::of(as_bytes("one")).string()}), manifest.layers(), {});
  for (const DiffIdCheck check : {DiffIdCheck::kAuto, DiffIdCheck::kAlways})
    EXPECT_EQ(refusal({.diff_ids = check}).code(), ErrorCode::kIntegrity);
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kNotRecorded);
}

// The configs of artifacts, under their own type and under that of images.
TEST_F(Decrypt, HasNothingToCompareWithoutDiffIds) {
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

TEST_F(Decrypt, DoesNotReadTheConfigForNothing) {
  build({"one"});
  encrypt();
  const Descriptor config = encrypted_.add("application/vnd.oci.image.config.v1+json", "no JSON");
  commit(encrypted_, config, manifest_of(encrypted_).layers(), {});
  EXPECT_EQ(refusal().code(), ErrorCode::kIntegrity);
  EXPECT_EQ(decrypt({.diff_ids = DiffIdCheck::kNever}).exactness, Exactness::kNotRecorded);
}

// Each in the place of an encrypted layer, which would otherwise pass.
TEST_F(Decrypt, HoldsLayersOfEveryTypeToTheirDiffIds) {
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

// Runtimes do not ask for the config's type, so changing it must not switch the comparison off.
TEST_F(Decrypt, HoldsLayersToDiffIdsUnderAnyConfigType) {
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

TEST_F(Decrypt, LeavesLockedLayersWhenAsked) {
  build({"one", "two"});
  encrypt();
  KeyWrappers others;
  others.push_back(
      std::make_unique<JweWrapper>(PublicJwk{PrivateKey::generate_ec("P-256").public_key(), {}, {}, {}}));
  const Manifest manifest = manifest_of(encrypted_);
  std::vector<Descriptor> layers = manifest.layers();
  for (const auto& [name, value] : wrap_private_options(PrivateOptions::generate(layers[0].digest), others))
    layers[0].annotations[name] = value;
  commit(encrypted_, manifest.config(), layers, manifest.annotations());
  EXPECT_EQ(refusal().code(), ErrorCode::kNoKey);
  const DecryptResult result = decrypt({.locked = Locked::kStay});
  EXPECT_EQ(result.layers[0].outcome, DecryptedAs::kLocked);
  EXPECT_EQ(result.layers[1].outcome, DecryptedAs::kDecrypted);
  EXPECT_THAT(reporter_.said, testing::HasSubstr("layer 0 of the image: no key opens it"));
  EXPECT_EQ(refusal({.selection = {.platforms = {}, .layers = {{0, 0}}}, .locked = Locked::kStay}).code(),
            ErrorCode::kNoKey);
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

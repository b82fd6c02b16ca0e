#include "image/copy.hpp"

#include "image/decrypt.hpp"
#include "oci/media_types.hpp"
#include "support/image_builder.hpp"
#include "support/memory_store.hpp"
#include "support/reporter.hpp"

#include <gmock/gmock.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPlainConfig = "application/vnd.oci.image.config.v1+json";
constexpr const char* kPlainTar = "application/vnd.oci.image.layer.v1.tar";

std::string descriptor_json(const Descriptor& blob) {
  return R"({"mediaType":")" + blob.media_type + R"(","digest":")" + blob.digest.string() + R"(","size":)" +
         std::to_string(blob.size) + "}";
}

Descriptor add_manifest(MemoryStore& store, const std::vector<std::string>& layers,
                        const std::string& more = {}) {
  std::string list;
  for (const std::string& layer : layers)
    list += (list.empty() ? "" : ",") + descriptor_json(store.add(kPlainTar, layer));
  return store.add(std::string(kOciManifest), R"({"schemaVersion":2,"config":)" +
                                                  descriptor_json(store.add(kPlainConfig, "{}")) +
                                                  R"(,"layers":[)" + list + "]" + more + "}");
}

std::string subject(const Descriptor& image) { return R"(,"subject":)" + descriptor_json(image); }

// A store that knows referrers, and a destination that notes what is announced.
class Signed final : public ImageSource {
 public:
  explicit Signed(MemoryStore& store) : store_(store) {}

  void refer(const Descriptor& to, const Descriptor& from, const std::string& tag = {}) {
    referrers_.emplace(to.digest, Referrer{{from, {}}, "application/spdx+json", tag});
  }

  [[nodiscard]] const RootDescriptor& root() const override { return store_.root(); }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override {
    return store_.open(blob, pool);
  }
  void check_presence(const Descriptor& blob) override { store_.check_presence(blob); }
  [[nodiscard]] std::vector<Referrer> referrers(const Descriptor& of) override {
    if (failure) throw Error(*failure);
    std::vector<Referrer> found;
    const auto [first, last] = referrers_.equal_range(of.digest);
    for (auto at = first; at != last; ++at) found.push_back(at->second);
    return found;
  }

  std::optional<Error> failure;

 private:
  MemoryStore& store_;
  std::multimap<Digest, Referrer> referrers_;
};

class Taking final : public ImageDestination {
 public:
  void check() override {}
  [[nodiscard]] bool has(const Descriptor& blob) override { return store.has(blob); }
  [[nodiscard]] bool adopt(const Descriptor&) override { return false; }
  Digest put_blob(const BlobInfo& info, Source& content) override {
    const Digest digest = store.put_blob(info, content);
    kinds.insert_or_assign(digest, info.kind);
    return digest;
  }
  void put_document(const Descriptor& descriptor, std::string_view text) override {
    store.put_document(descriptor, text);
  }
  void add_referrer(const Referrer& referrer) override {
    EXPECT_THAT(store.blobs, IsEmpty()) << "announced after something was put";
    announced.push_back(referrer.root.descriptor.digest);
  }
  std::optional<Digest> commit(const RootDescriptor& root) override { return store.commit(root); }

  MemoryStore store;
  std::vector<Digest> announced;
  std::map<Digest, BlobKind> kinds;  // of the blobs that were put
};

class Copy : public testing::Test {
 protected:
  Copy() {
    image_ = add_manifest(store_, {"one", "two"});
    (void)store_.commit({image_, {}});
  }

  CopyResult copy(const CopyOptions& options = {}) {
    return copy_image(source_, destination_, options, reporter_);
  }
  CopyResult copy_with_referrers() { return copy({.write = {.referrers = ReferrersChoice::kCopy}}); }

  MemoryStore store_;
  Descriptor image_{{}, Digest::of({}), 0, {}, std::nullopt, false, false};
  Signed source_{store_};
  Taking destination_;
  KeepingReporter reporter_;
};

TEST_F(Copy, KeepsEveryByte) {
  const CopyResult result = copy();
  EXPECT_EQ(result.root.value().digest, image_.digest);
  EXPECT_EQ(destination_.store.blobs, store_.blobs);
  EXPECT_EQ(result.layers.size(), 2U);
  EXPECT_EQ(reporter_.said, "");
}

TEST_F(Copy, IsWhatDecryptDoesWithoutEncryptedLayers) {
  (void)copy();
  Taking other;
  (void)decrypt_image(source_, other, {}, {}, reporter_);
  EXPECT_EQ(other.store.blobs, destination_.store.blobs);
}

TEST_F(Copy, WritesNothingInADryRun) {
  EXPECT_FALSE(copy({.write = {.dry_run = DryRun::kYes}}).root);
  EXPECT_THAT(destination_.store.blobs, IsEmpty());
}

TEST_F(Copy, TakesReferrersOfReferrersAlong) {
  const Descriptor sbom = add_manifest(store_, {"sbom"}, subject(image_));
  const Descriptor signature = add_manifest(store_, {"signature"}, subject(sbom));
  source_.refer(image_, sbom);
  source_.refer(sbom, signature);
  (void)copy_with_referrers();
  EXPECT_THAT(destination_.announced, ElementsAre(sbom.digest, signature.digest));
  EXPECT_EQ(destination_.store.blobs, store_.blobs);
  EXPECT_EQ(destination_.store.root().descriptor.digest, image_.digest);
}

TEST_F(Copy, EndsWhenReferrersReferToEachOther) {
  const Descriptor one = add_manifest(store_, {"1"}, subject(image_));
  source_.refer(image_, one);
  source_.refer(one, one);
  source_.refer(one, image_);
  (void)copy_with_referrers();
  EXPECT_THAT(destination_.announced, ElementsAre(one.digest));
}

TEST_F(Copy, TakesOnlyWhatReallyRefersToTheImage) {
  const Descriptor foreign = add_manifest(store_, {"foreign"}, subject(store_.add(kPlainTar, "other")));
  const Descriptor gone = add_manifest(store_, {"gone"}, subject(image_));
  source_.refer(image_, foreign);
  source_.refer(image_, gone);
  store_.blobs.erase(gone.digest);
  (void)copy_with_referrers();
  EXPECT_THAT(destination_.announced, IsEmpty());
  EXPECT_FALSE(destination_.store.blobs.contains(foreign.digest));
}

TEST_F(Copy, RefusesTooManyReferrers) {
  for (int i = 0; i <= 1000; ++i)
    source_.refer(image_,
                  add_manifest(store_, {}, subject(image_) + std::string(static_cast<std::size_t>(i), ' ')));
  EXPECT_THROW((void)copy_with_referrers(), Error);
  EXPECT_THAT(destination_.store.blobs, IsEmpty());
}

// Nobody asked for them: a registry that does not answer must not cost the copy.
TEST_F(Copy, GoesOnWhenReferrersToBeDroppedCannotBeListed) {
  source_.failure = Error(ErrorCode::kRegistry, "no answer");
  EXPECT_TRUE(copy().root);
  EXPECT_THAT(reporter_.said, HasSubstr("it is unknown whether signatures"));
  EXPECT_THROW((void)copy_with_referrers(), Error);
}

// Registries keep what is listed and no layer among their manifests.
TEST_F(Copy, PutsLayersThatAnIndexListsAsBlobs) {
  const Descriptor nydus = store_.add("application/vnd.oci.image.layer.nydus.blob.v1", "nydus");
  const Descriptor text = store_.add("text/plain", "text");
  make_root(store_, add_index(store_, {image_, nydus, text}));
  (void)copy();
  EXPECT_EQ(destination_.kinds.at(nydus.digest), BlobKind::kPlain);
  EXPECT_EQ(destination_.kinds.at(text.digest), BlobKind::kListed);
}

TEST_F(Copy, SaysWhichDocumentsTheReferrersDescribe) {
  const Descriptor child = add_image(store_, kAmd64, {"child"});
  make_root(store_, add_index(store_, {child}));
  source_.refer(child, add_manifest(store_, {"sbom"}, subject(child)));
  (void)copy();
  EXPECT_THAT(reporter_.said, HasSubstr("1 referrer (1 SBOM) of " + child.digest.string() + " was left"));
}

TEST_F(Copy, SaysOnlyOfReferrersThatTheDestinationLacks) {
  const Descriptor sbom = add_manifest(store_, {"sbom"}, subject(image_));
  source_.refer(image_, sbom);
  (void)copy();
  EXPECT_THAT(reporter_.said,
              HasSubstr("1 referrer (1 SBOM) of " + image_.digest.string() + " was left behind"));
  destination_.store.blobs[sbom.digest] = store_.blobs[sbom.digest];
  reporter_.said.clear();
  (void)copy();
  EXPECT_THAT(reporter_.said, Not(HasSubstr("referrer")));
}

}  // namespace
}  // namespace imgcrypt::test

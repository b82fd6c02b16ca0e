#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"
#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace imgcrypt::test {
namespace {

namespace fs = std::filesystem;

class OciLayout : public ::testing::Test {
 protected:
  [[nodiscard]] LayoutReference reference(const std::string& tag) const {
    return {.directory = path().string(), .tag = tag};
  }
  [[nodiscard]] fs::path path() const { return scratch_.path() / "layout"; }

  static Descriptor put(LayoutDestination& destination, const std::string& content) {
    MemorySource source(to_bytes(as_bytes(content)));
    const Digest digest = destination.put_blob({.media_type = {}, .size = content.size()}, source);
    return {std::string(kOciManifest), digest, content.size(), {}, std::nullopt, false, false};
  }

  std::optional<Digest> store(const std::string& tag, const std::string& content) {
    LayoutDestination destination(reference(tag));
    return destination.commit({put(destination, content), {}});
  }

  ScratchFolder scratch_;
};

TEST_F(OciLayout, LeavesNothingWithoutACommit) {
  {
    LayoutDestination destination(reference("t"));
    put(destination, "{}");
  }
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(OciLayout, GivesBackWhatWasCommitted) {
  EXPECT_EQ(store("t", "{\"a\":1}"), std::nullopt);
  LayoutSource source(reference("t"));
  ChunkPool pool;
  const auto blob = source.open(source.root().descriptor, pool);
  EXPECT_EQ(as_text(read_all(*blob, 100, "blob")), "{\"a\":1}");
}

TEST_F(OciLayout, KeepsOtherTagsAndReturnsTheImageThatWasReplaced) {
  store("other", "{}");
  store("t", "{\"a\":1}");
  EXPECT_EQ(store("t", "{\"a\":2}"), Digest::of(as_bytes("{\"a\":1}")));
  EXPECT_EQ(LayoutSource(reference("other")).root().descriptor.digest, Digest::of(as_bytes("{}")));
  EXPECT_EQ(error_of([&] { LayoutSource(reference("absent")); }), ErrorCode::kNotFound);
}

TEST_F(OciLayout, RefusesABlobThatIsNotTheExpectedOne) {
  LayoutDestination destination(reference("t"));
  const Bytes other = to_bytes(as_bytes("other"));
  MemorySource source(other);
  const Digest expected = Digest::of(as_bytes("expected"));
  EXPECT_EQ(error_of([&] { destination.put_blob({{}, 5, expected}, source); }), ErrorCode::kIntegrity);
  MemorySource shorter(other);
  EXPECT_EQ(error_of([&] { destination.put_blob({{}, 6, Digest::of(other)}, shorter); }),
            ErrorCode::kIntegrity);
}

TEST_F(OciLayout, ReplacesADamagedBlob) {
  store("t", "{}");
  const Digest digest = Digest::of(as_bytes("{}"));
  const fs::path blob = path() / "blobs/sha256" / digest.hex();
  std::ofstream(blob) << "xx";
  EXPECT_FALSE(LayoutDestination(reference("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
  store("t", "{}");
  EXPECT_TRUE(LayoutDestination(reference("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
}

// A document is at hand, so that nothing need be trusted; and it is small.
TEST_F(OciLayout, ReplacesADamagedDocumentOfTheImagesOwnLayout) {
  store("t", "{}");
  const Digest digest = Digest::of(as_bytes("{}"));
  std::ofstream(path() / "blobs/sha256" / digest.hex()) << "xx";
  LayoutDestination destination(reference("t"), {.other = path().string()});
  const Descriptor document = {std::string(kOciManifest), digest, 2, {}, std::nullopt, false, false};
  destination.put_document(document, "{}");
  destination.commit({document, {}});
  EXPECT_TRUE(LayoutDestination(reference("t")).has(document));
}

TEST_F(OciLayout, WritesNoIndexThatReadersRefuse) {
  store("t", "{}");
  const fs::path index = path() / "index.json";
  std::ofstream(index, std::ios::app) << std::string(kMostDocumentBytes - fs::file_size(index), ' ');
  EXPECT_EQ(error_of([&] { store("another", "{\"a\":1}"); }), ErrorCode::kRefused);
  EXPECT_EQ(LayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{}")));
  EXPECT_FALSE(fs::exists(path() / "blobs/sha256" / Digest::of(as_bytes("{\"a\":1}")).hex()));
}

TEST_F(OciLayout, DropsTheOldRootThatAnEntryEmbeds) {
  const Descriptor root = {std::string(kOciManifest), Digest::of(as_bytes("{}")), 2, {}, {}, false, true};
  LayoutDestination destination(reference("t"));
  const Descriptor now = put(destination, "{\"a\":1}");
  destination.commit({now, R"({"mediaType":")" + root.media_type + R"(","digest":")" + root.digest.string() +
                               R"(","size":2,"data":"e30="})"});
  EXPECT_FALSE(LayoutSource(reference("t")).root().descriptor.has_data);
}

TEST_F(OciLayout, TakesTagsThatOthersCanName) {
  for (const char* tag : {"1", "v1.0", "a--b", "docker.io/library/busybox:latest", "a@b+c"})
    EXPECT_NO_THROW(LayoutDestination(reference(tag))) << tag;
  for (const char* tag : {"bad tag", "-a", "a-", "a..b", "\xc3\xbc", "a/", "a---b"})
    EXPECT_EQ(error_of([&] { LayoutDestination(reference(tag)); }), ErrorCode::kUsage) << tag;
}

TEST_F(OciLayout, LosesNoChangeMadeInTheMeantime) {
  store("t", "{}");
  const Digest read = LayoutSource(reference("t")).root().descriptor.digest;
  LayoutDestination first(reference("t"), {.in_place_of = read});
  LayoutDestination second(reference("t"), {.in_place_of = read});
  EXPECT_EQ(first.commit({put(first, "{\"a\":1}"), {}}), read);
  const Descriptor late = put(second, "{\"a\":2}");
  EXPECT_EQ(error_of([&] { second.commit({late, {}}); }), ErrorCode::kOther);
  EXPECT_EQ(LayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{\"a\":1}")));
  EXPECT_FALSE(fs::exists(path() / "blobs/sha256" / late.digest.hex()));
}

TEST_F(OciLayout, FollowsNoLink) {
  store("t", "{}");
  const fs::path blob = path() / "blobs/sha256" / Digest::of(as_bytes("{}")).hex();
  fs::rename(blob, scratch_.path() / "elsewhere");
  fs::create_symlink(scratch_.path() / "elsewhere", blob);
  LayoutSource source(reference("t"));
  ChunkPool pool;
  EXPECT_EQ(error_of([&] { (void)source.open(source.root().descriptor, pool); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::test

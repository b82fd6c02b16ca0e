#include "oci/media_types.hpp"
#include "support/vectors.hpp"
#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace imgcrypt::test {
namespace {

namespace fs = std::filesystem;

class OciLayout : public ::testing::Test {
 protected:
  OciLayout() {
    std::string pattern = (fs::temp_directory_path() / "imgcrypt-test.XXXXXX").string();
    scratch_ = ::mkdtemp(pattern.data());
  }
  ~OciLayout() override { fs::remove_all(scratch_); }

  [[nodiscard]] Reference reference(const std::string& tag) const {
    return Reference::parse("oci:" + path().string() + ":" + tag);
  }
  [[nodiscard]] fs::path path() const { return scratch_ / "layout"; }

  static Descriptor put(OciLayoutDestination& destination, const std::string& content) {
    MemorySource source(as_bytes(content));
    Lane lane(LaneKind::kInline);
    const Digest digest = destination.put({}, source, lane);
    return {std::string(kOciManifest), digest, content.size(), {}, std::nullopt, false, false};
  }

  std::optional<Digest> store(const std::string& tag, const std::string& content) {
    OciLayoutDestination destination(reference(tag));
    return destination.commit({put(destination, content), {}});
  }

  fs::path scratch_;
};

TEST_F(OciLayout, LeavesNothingWithoutACommit) {
  {
    OciLayoutDestination destination(reference("t"));
    put(destination, "{}");
  }
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(OciLayout, GivesBackWhatWasCommitted) {
  EXPECT_EQ(store("t", "{\"a\":1}"), std::nullopt);
  OciLayoutSource source(reference("t"));
  const auto blob = source.open(source.root().descriptor);
  EXPECT_EQ(as_text(read_all(*blob, 100, "blob")), "{\"a\":1}");
}

TEST_F(OciLayout, KeepsOtherTagsAndSaysWhichImageLostItsName) {
  store("other", "{}");
  store("t", "{\"a\":1}");
  EXPECT_EQ(store("t", "{\"a\":2}"), Digest::of(as_bytes("{\"a\":1}")));
  EXPECT_EQ(OciLayoutSource(reference("other")).root().descriptor.digest, Digest::of(as_bytes("{}")));
  EXPECT_EQ(error_of([&] { OciLayoutSource(reference("absent")); }), ErrorCode::kNotFound);
}

TEST_F(OciLayout, RefusesABlobThatIsNotTheExpectedOne) {
  OciLayoutDestination destination(reference("t"));
  MemorySource source(as_bytes("other"));
  Lane lane(LaneKind::kThread);
  const Digest expected = Digest::of(as_bytes("expected"));
  EXPECT_EQ(error_of([&] { destination.put({expected}, source, lane); }), ErrorCode::kIntegrity);
}

TEST_F(OciLayout, ReplacesADamagedBlob) {
  store("t", "{}");
  const Digest digest = Digest::of(as_bytes("{}"));
  const fs::path blob = path() / "blobs/sha256" / digest.hex();
  std::ofstream(blob) << "xx";
  EXPECT_FALSE(OciLayoutDestination(reference("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
  store("t", "{}");
  EXPECT_TRUE(OciLayoutDestination(reference("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
}

TEST_F(OciLayout, TakesTagsThatOthersCanName) {
  for (const char* tag : {"1", "v1.0", "a--b", "docker.io/library/busybox:latest", "a@b+c"})
    EXPECT_NO_THROW(OciLayoutDestination(reference(tag))) << tag;
  for (const char* tag : {"bad tag", "-a", "a-", "a..b", "\xc3\xbc", "a/", "a---b"})
    EXPECT_EQ(error_of([&] { OciLayoutDestination(reference(tag)); }), ErrorCode::kUsage) << tag;
}

TEST_F(OciLayout, LosesNoChangeThatCameBetween) {
  store("t", "{}");
  const Digest read = OciLayoutSource(reference("t")).root().descriptor.digest;
  OciLayoutDestination first(reference("t"), read);
  OciLayoutDestination second(reference("t"), read);
  EXPECT_EQ(first.commit({put(first, "{\"a\":1}"), {}}), read);
  const Descriptor late = put(second, "{\"a\":2}");
  EXPECT_EQ(error_of([&] { second.commit({late, {}}); }), ErrorCode::kOther);
  EXPECT_EQ(OciLayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{\"a\":1}")));
  EXPECT_FALSE(fs::exists(path() / "blobs/sha256" / late.digest.hex()));
}

TEST_F(OciLayout, FollowsNoLink) {
  store("t", "{}");
  const fs::path blob = path() / "blobs/sha256" / Digest::of(as_bytes("{}")).hex();
  fs::rename(blob, scratch_ / "elsewhere");
  fs::create_symlink(scratch_ / "elsewhere", blob);
  OciLayoutSource source(reference("t"));
  EXPECT_EQ(error_of([&] { (void)source.open(source.root().descriptor); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::test

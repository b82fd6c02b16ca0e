#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"
#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

namespace imgcrypt::test {
namespace {

namespace fs = std::filesystem;

class OciLayout : public ::testing::Test {
 protected:
  [[nodiscard]] LayoutReference reference(const std::string& tag) const {
    return {.directory = path().string(), .tag = tag};
  }
  [[nodiscard]] EntryTarget by_name(const std::string& tag) const { return {.name = reference(tag).name()}; }
  [[nodiscard]] fs::path path() const { return scratch_.path() / "layout"; }

  static Descriptor put(LayoutDestination& destination, const std::string& content) {
    MemorySource source(to_bytes(as_bytes(content)));
    const Digest digest = destination.put_blob({.media_type = {}, .size = content.size()}, source);
    return {std::string(kOciManifest), digest, content.size(), {}, std::nullopt, false, false};
  }

  std::optional<Digest> store(const std::string& tag, const std::string& content) {
    LayoutDestination destination(by_name(tag));
    return destination.commit({put(destination, content), {}});
  }

  ScratchFolder scratch_;
};

TEST_F(OciLayout, LeavesNothingWithoutACommit) {
  {
    LayoutDestination destination(by_name("t"));
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
  LayoutDestination destination(by_name("t"));
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
  EXPECT_FALSE(LayoutDestination(by_name("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
  store("t", "{}");
  EXPECT_TRUE(LayoutDestination(by_name("t")).has({"", digest, 2, {}, std::nullopt, false, false}));
}

// A document is at hand, so that nothing need be trusted; and it is small.
TEST_F(OciLayout, ReplacesADamagedDocumentOfTheImagesOwnLayout) {
  store("t", "{}");
  const Digest digest = Digest::of(as_bytes("{}"));
  std::ofstream(path() / "blobs/sha256" / digest.hex()) << "xx";
  LayoutDestination destination(by_name("t"), {.is_source = true});
  const Descriptor document = {std::string(kOciManifest), digest, 2, {}, std::nullopt, false, false};
  destination.put_document(document, "{}");
  destination.commit({document, {}});
  EXPECT_TRUE(LayoutDestination(by_name("t")).has(document));
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
  LayoutDestination destination(by_name("t"));
  const Descriptor now = put(destination, "{\"a\":1}");
  destination.commit({now, R"({"mediaType":")" + root.media_type + R"(","digest":")" + root.digest.string() +
                               R"(","size":2,"data":"e30="})"});
  EXPECT_FALSE(LayoutSource(reference("t")).root().descriptor.has_data);
}

TEST_F(OciLayout, TakesTagsThatOthersCanName) {
  for (const char* tag : {"1", "v1.0", "a--b", "docker.io/library/busybox:latest", "a@b+c"})
    EXPECT_NO_THROW(LayoutDestination(by_name(tag))) << tag;
  for (const char* tag : {"bad tag", "-a", "a-", "a..b", "\xc3\xbc", "a/", "a---b"})
    EXPECT_EQ(error_of([&] { LayoutDestination(by_name(tag)); }), ErrorCode::kUsage) << tag;
}

TEST_F(OciLayout, LosesNoChangeMadeInTheMeantime) {
  store("t", "{}");
  const Descriptor read = LayoutSource(reference("t")).root().descriptor;
  const EntryTarget in_place{reference("t").name(), read, EntryTarget::Place::kInPlace};
  LayoutDestination first(in_place);
  LayoutDestination second(in_place);
  EXPECT_EQ(first.commit({put(first, "{\"a\":1}"), {}}), read.digest);
  const Descriptor late = put(second, "{\"a\":2}");
  EXPECT_EQ(error_of([&] { second.commit({late, {}}); }), ErrorCode::kOther);
  EXPECT_EQ(LayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{\"a\":1}")));
  EXPECT_FALSE(fs::exists(path() / "blobs/sha256" / late.digest.hex()));
}

TEST_F(OciLayout, FollowsLinksOnlyOnDemand) {
  store("t", "{}");
  const fs::path blob = path() / "blobs/sha256" / Digest::of(as_bytes("{}")).hex();
  fs::rename(blob, scratch_.path() / "elsewhere");
  fs::create_symlink(scratch_.path() / "elsewhere", blob);
  LayoutSource source(reference("t"));
  ChunkPool pool;
  EXPECT_EQ(error_of([&] { (void)source.open(source.root().descriptor, pool); }), ErrorCode::kRefused);
  LayoutSource trusting(reference("t"), Links::kFollow);
  EXPECT_EQ(as_text(read_all(*trusting.open(trusting.root().descriptor, pool), 100, "blob")), "{}");
  fs::remove(blob);
  fs::create_symlink("/dev/null", blob);
  EXPECT_EQ(error_of([&] { (void)trusting.open(trusting.root().descriptor, pool); }), ErrorCode::kRefused);
}

TEST_F(OciLayout, ReplacesAnIndexWithItsLastByteOfRoomOnly) {
  const fs::path index = path() / "index.json";
  for (const int more : {-1, 0, 1}) {
    fs::remove_all(path());
    store("t", "{}");
    const std::size_t before = fs::file_size(index);
    store("another", "{\"a\":1}");
    const std::size_t entry = fs::file_size(index) - before;
    fs::remove_all(path());
    store("t", "{}");
    std::ofstream(index, std::ios::app)
        << std::string(kMostDocumentBytes - before - entry + static_cast<std::size_t>(more), ' ');
    const std::size_t full = fs::file_size(index);
    const auto write = [&] { store("another", "{\"a\":1}"); };
    if (more > 0) {
      EXPECT_EQ(error_of(write), ErrorCode::kRefused);
      EXPECT_EQ(fs::file_size(index), full);
    } else {
      EXPECT_NO_THROW(write()) << more;
      EXPECT_EQ(LayoutSource(reference("another")).root().descriptor.size, 7U);
    }
  }
}

// One member more than readers take would lock every image of the layout.
TEST_F(OciLayout, CopiesNoMoreMembersOfAnEntryThanReadersTake) {
  store("other", "{}");
  for (const int members : {9'998, 9'999, 10'000}) {
    LayoutDestination destination(by_name("t" + std::to_string(members)));
    const Descriptor root = put(destination, "{\"a\":1}");
    std::string raw = R"({"mediaType":")" + root.media_type + R"(","digest":")" + root.digest.string() +
                      R"(","size":)" + std::to_string(root.size);
    for (int i = 3; i < members; ++i) raw += ",\"m" + std::to_string(i) + "\":0";
    const auto commit = [&] { destination.commit({root, raw + "}"}); };
    if (members == 10'000) {
      EXPECT_EQ(error_of(commit), ErrorCode::kRefused);
    } else {
      EXPECT_NO_THROW(commit()) << members;
    }
    EXPECT_NO_THROW(LayoutSource(reference("other")));
  }
}

TEST_F(OciLayout, WritesNoDocumentThatReadersRefuse) {
  LayoutDestination destination(by_name("t"));
  for (const int more : {-1, 0, 1}) {
    const std::string text = "{}" + std::string(kMostDocumentBytes - 2 + static_cast<std::size_t>(more), ' ');
    const Descriptor document = {
        std::string(kOciManifest), Digest::of(as_bytes(text)), text.size(), {}, {}, false, false};
    const auto write = [&] { destination.put_document(document, text); };
    if (more > 0) {
      EXPECT_EQ(error_of(write), ErrorCode::kRefused);
    } else {
      EXPECT_NO_THROW(write()) << more;
    }
  }
}

TEST_F(OciLayout, LeavesNoTemporaryFileForEqualContent) {
  fs::create_directory(scratch_.path() / "blobs");
  const Fd directory(::open((scratch_.path() / "blobs").c_str(), O_RDONLY | O_DIRECTORY));
  const Digest digest = Digest::of(as_bytes("{}"));
  const auto write = [&] {
    PendingBlob blob = PendingBlob::create_named(directory, "blobs");
    MemorySource source(to_bytes(as_bytes("{}")));
    EXPECT_EQ(blob.write(source, HashAlgorithm::kSha256, 0), digest);
    return blob;
  };
  std::map<Digest, PendingBlob> pending;
  pending.insert_or_assign(digest, write());
  pending.insert_or_assign(digest, write());
  EXPECT_TRUE(pending.at(digest).link(directory, digest));
  EXPECT_FALSE(write().link(directory, digest));
  (void)write();
  pending.clear();
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path() / "blobs"), {}), 1);
  EXPECT_TRUE(fs::exists(scratch_.path() / "blobs" / digest.hex()));
}

TEST_F(OciLayout, SaysThatItWaitsForTheLock) {
  store("t", "{}");
  const Fd file(::open((path() / "oci-layout").c_str(), O_RDWR));
  ASSERT_EQ(::flock(file.get(), LOCK_EX), 0);
  std::promise<std::string> said;
  std::thread waiting([&] {
    LayoutDestination destination(by_name("t"),
                                  {.warn = [&](const std::string& text) { said.set_value(text); }});
    destination.commit({put(destination, "{\"a\":1}"), {}});
  });
  EXPECT_NE(said.get_future().get().find("waiting for another program"), std::string::npos);
  EXPECT_EQ(LayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{}")));
  ::flock(file.get(), LOCK_UN);
  waiting.join();
  EXPECT_EQ(LayoutSource(reference("t")).root().descriptor.digest, Digest::of(as_bytes("{\"a\":1}")));
}

}  // namespace
}  // namespace imgcrypt::test

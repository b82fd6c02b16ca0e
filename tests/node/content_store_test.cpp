#include "node/content_store.hpp"

#include "support/store_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

SearchClock::time_point in_time() { return SearchClock::now() + std::chrono::minutes(1); }

TEST(ContentStore, ListsTheBlobsOfEachAlgorithm) {
  const StoreFolder folder;
  const ContentStore store = folder.store();
  const std::string path = folder.add("one");
  const std::string other = store.path(Digest::of(as_bytes("two"), HashAlgorithm::kSha512));
  std::filesystem::create_directories(std::filesystem::path(other).parent_path());
  std::ofstream(other) << "two";
  const BlobList list = store.list(in_time());
  EXPECT_THAT(list.paths, UnorderedElementsAre(path, other));
  EXPECT_EQ(list.cut_short, "");
}

TEST(ContentStore, IsEmptyWhenItIsMissing) {
  const BlobList list = ContentStore("/nothing/here").list(in_time());
  EXPECT_THAT(list.paths, IsEmpty());
  EXPECT_EQ(list.cut_short, "");
}

TEST(ContentStore, SaysThatItsListIsCutShort) {
  const StoreFolder folder;
  folder.add("one");
  EXPECT_EQ(folder.store().list(SearchClock::now() - std::chrono::seconds(1)).cut_short, kOutOfTime);
  folder.add_entries(20'000);
  const BlobList list = folder.store().list(in_time());
  EXPECT_EQ(list.paths.size(), 20'000U);
  EXPECT_EQ(list.cut_short, "the search ended after 20000 entries");
}

TEST(BlobPath, IsParsedWhereverTheStoreIs) {
  const Digest digest = Digest::of(as_bytes("one"), HashAlgorithm::kSha512);
  const auto place = parse_blob_path("/any/where/blobs/sha512/" + digest.hex());
  ASSERT_TRUE(place);
  EXPECT_EQ(place->store.root(), "/any/where");
  EXPECT_EQ(place->digest, digest);
  EXPECT_EQ(place->store.path(place->digest), "/any/where/blobs/sha512/" + digest.hex());
}

TEST(BlobPath, IsNothingElse) {
  const std::string hex = Digest::of(as_bytes("one")).hex();
  for (const std::string& path : std::vector<std::string>{
           "", "/", hex, "/store/sha256/" + hex, "/store/blobs/" + hex, "/store/blobs/sha512/" + hex,
           "/store/blobs/sha256/" + hex + " (deleted)", "/store/blobs/sha256/" + hex + "/",
           "/store/blobs/sha256/" + hex.substr(1), "/store/blobs/sha256/.."})
    EXPECT_FALSE(parse_blob_path(path)) << path;
}

TEST(RegularFile, IsOpenedThroughALink) {
  const StoreFolder folder;
  const std::string path = folder.add("one");
  const std::string link = folder.path(std::string("link"));
  std::filesystem::create_symlink(path, link);
  for (const std::string& name : {path, link}) {
    const Fd file = open_regular_file(name);
    ASSERT_TRUE(file.is_open()) << name;
    EXPECT_EQ(as_text(read_secret(file.get(), 10, name).expose()), "one");
  }
}

TEST(RegularFile, IsNothingElse) {
  const StoreFolder folder;
  const std::string fifo = folder.path(std::string("fifo"));
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const std::string dangling = folder.path(std::string("dangling"));
  std::filesystem::create_symlink("nowhere", dangling);
  for (const std::string& path :
       std::vector<std::string>{fifo, dangling, folder.root(), "/dev/zero", "/nothing/here"})
    EXPECT_FALSE(open_regular_file(path).is_open()) << path;
}

}  // namespace
}  // namespace imgcrypt

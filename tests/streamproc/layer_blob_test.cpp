#include "streamproc/layer_blob.hpp"

#include "support/store_folder.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace imgcrypt::streamproc {
namespace {

using namespace test;

// A store of a parent that has some of its blobs open: this process plays both parts.
class LayerBlobTest : public testing::Test {
 protected:
  static Head head_of(const std::string& content) {
    const ByteView bytes = as_bytes(content);
    const std::size_t size = std::min(bytes.size(), Head::kMostBytes);
    return {to_bytes(bytes.first(size)), size < Head::kMostBytes};
  }
  static Fd open(const std::string& path) { return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

  [[nodiscard]] std::optional<LayerBlob> find(const std::string& content,
                                              const std::optional<Digest>& digest = std::nullopt) const {
    return find_blob(head_of(content), digest, open_files_of(::getpid()), {elsewhere_.store()});
  }
  // By a parent whose files are closed to us.
  [[nodiscard]] std::optional<LayerBlob> find_below_root(const std::string& content,
                                                         const std::optional<Digest>& digest) const {
    return find_blob(head_of(content), digest, "/nothing/here", {elsewhere_.store(), folder_.store()});
  }

  static Digest digest_of(const std::string& content) { return Digest::of(as_bytes(content)); }

  StoreFolder folder_;
  StoreFolder elsewhere_;  // the content root that is configured
  std::string long_content_ = std::string(10'000, 'x');
};

TEST_F(LayerBlobTest, IsAnOpenFileOfTheParent) {
  const Fd other = open(folder_.add("another layer"));
  const Fd opened = open(folder_.add(long_content_));
  const auto blob = find(long_content_);
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->digest, digest_of(long_content_));
  EXPECT_EQ(blob->store.root(), folder_.root());
  EXPECT_TRUE(blob->is_open_in_parent);
  EXPECT_EQ(read_secret(blob->file.get(), 20'000, "blob").size(), long_content_.size());
}

TEST_F(LayerBlobTest, HasAPositionOfItsOwn) {
  const Fd opened = open(folder_.add(long_content_));
  ::lseek(opened.get(), 100, SEEK_SET);
  const auto blob = find(long_content_);
  ASSERT_TRUE(blob);
  EXPECT_EQ(::lseek(blob->file.get(), 0, SEEK_CUR), 0);
}

TEST_F(LayerBlobTest, IsNotForContainerdWhenItIsTheParentsStdin) {
  const Fd opened = open(folder_.add(long_content_));
  const Fd kept(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10));
  ::dup2(opened.get(), STDIN_FILENO);
  ::close(opened.get());
  const auto blob = find(long_content_);
  if (kept.is_open()) ::dup2(kept.get(), STDIN_FILENO);
  ::dup3(STDIN_FILENO, opened.get(), O_CLOEXEC);  // `opened` closes it
  ASSERT_TRUE(blob);
  EXPECT_FALSE(blob->is_open_in_parent);
}

TEST_F(LayerBlobTest, IsOnlyLookedForInContentStores) {
  const ScratchFolder plain;
  const Fd opened = open(plain.write("blobs/sha256/" + digest_of(long_content_).hex(), long_content_));
  EXPECT_FALSE(find(long_content_));
}

TEST_F(LayerBlobTest, IsNotAFileThatWasDeleted) {
  const std::string path = folder_.add(long_content_);
  const Fd opened = open(path);
  std::filesystem::remove(path);
  EXPECT_FALSE(find(long_content_));
}

TEST_F(LayerBlobTest, IsFoundByItsDigestBelowTheContentRoot) {
  folder_.add("another layer");
  folder_.add(long_content_);
  const auto blob = find_below_root(long_content_, digest_of(long_content_));
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->digest, digest_of(long_content_));
  EXPECT_EQ(blob->store.root(), folder_.root());
  EXPECT_FALSE(blob->is_open_in_parent);
  EXPECT_FALSE(find_below_root(long_content_, digest_of("a third layer")));
  EXPECT_FALSE(find_below_root(long_content_, std::nullopt)) << "that it begins alike is no proof";
}

TEST_F(LayerBlobTest, IsComparedToItsEndWhenItIsShort) {
  const Fd longer = open(folder_.add("layer with more"));
  const Fd shorter = open(folder_.add("lay"));
  EXPECT_FALSE(find("layer"));
  const Fd same = open(folder_.add("layer"));
  const auto blob = find("layer");
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->digest, digest_of("layer"));
}

TEST_F(LayerBlobTest, IsTheOneOfThatDigestAmongSeveralThatBeginAlike) {
  std::vector<Fd> opened;
  for (const char* end : {"1", "2", "3"}) {
    opened.push_back(open(folder_.add(long_content_ + end)));
    elsewhere_.add(long_content_ + end);
  }
  for (const char* end : {"1", "2", "3"}) {
    const Digest digest = digest_of(long_content_ + end);
    for (const std::string& open_files : {open_files_of(::getpid()), std::string("/nothing/here")}) {
      const auto blob = find_blob(head_of(long_content_), digest, open_files, {elsewhere_.store()});
      ASSERT_TRUE(blob);
      EXPECT_EQ(blob->digest, digest);
    }
  }
  EXPECT_FALSE(find(long_content_, digest_of("absent")));
}

TEST_F(LayerBlobTest, IsUnknownWhenAnotherThatIsOpenBeginsLikeIt) {
  const Fd one = open(folder_.add(long_content_ + "1"));
  const Fd again = open(folder_.add(long_content_ + "1"));
  EXPECT_TRUE(find(long_content_));
  const Fd other = open(folder_.add(long_content_ + "2"));
  EXPECT_FALSE(find(long_content_));
}

TEST_F(LayerBlobTest, IsOpenInTheParentWhicheverOfItsFilesIsSeenFirst) {
  const std::string path = folder_.add(long_content_);
  const Fd before = open(path);
  const Fd kept(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10));
  ::dup2(before.get(), STDIN_FILENO);
  const auto blob = find(long_content_);
  if (kept.is_open()) ::dup2(kept.get(), STDIN_FILENO);
  ASSERT_TRUE(blob);
  EXPECT_TRUE(blob->is_open_in_parent);
}

TEST_F(LayerBlobTest, IsNotWhatItsDigestNamesWhenStdinHoldsSomethingElse) {
  folder_.add(long_content_);
  EXPECT_FALSE(find_below_root("something else", digest_of(long_content_)));
}

TEST_F(LayerBlobTest, MayBeALinkButNothingElse) {
  ASSERT_EQ(::mkfifo(folder_.path(digest_of("fifo")).c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", folder_.path(digest_of("dangling")));
  std::filesystem::create_directory(folder_.path(digest_of("folder")));
  for (const char* name : {"fifo", "dangling", "folder"})
    EXPECT_FALSE(find_below_root(long_content_, digest_of(name))) << name;
  const ScratchFolder disk;
  std::filesystem::create_symlink(disk.write("file", long_content_), folder_.path(digest_of("link")));
  EXPECT_TRUE(find_below_root(long_content_, digest_of("link")));
}

}  // namespace
}  // namespace imgcrypt::streamproc

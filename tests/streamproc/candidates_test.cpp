#include "streamproc/candidates.hpp"

#include "support/in_child.hpp"
#include "support/no_open_files.hpp"
#include "support/store_folder.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace imgcrypt::streamproc {
namespace {

using namespace test;
using namespace std::chrono_literals;

const Digest kDigest = Digest::of(as_bytes("a layer"));

Descriptor with_key(const std::string& packets) {
  return {"type",       kDigest, 7,    {{"org.opencontainers.image.enc.keys.jwe", packets}},
          std::nullopt, false,   false};
}

TEST(Candidates, AreThePayloadsDescriptorAlone) {
  Candidates candidates(with_key("a"));
  const auto first = candidates.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->digest, kDigest);
  EXPECT_FALSE(candidates.next());
  EXPECT_EQ(candidates.cut_short(), "");
}

TEST(Candidates, AreThoseOfTheStore) {
  const StoreFolder folder;
  folder.add_manifest({with_key("a"), with_key("b")});
  Candidates candidates(LayerDescriptors(folder.store(), kDigest));
  EXPECT_TRUE(candidates.next());
  EXPECT_TRUE(candidates.next());
  EXPECT_FALSE(candidates.next());
}

TEST(Candidates, AreWaitedFor) {
  const StoreFolder folder;
  Candidates candidates(LayerDescriptors(folder.store(), kDigest), 1min);
  std::thread writer([&] {
    std::this_thread::sleep_for(120ms);
    std::filesystem::rename(folder.add_manifest({with_key("a")}), folder.path(kDigest));
  });
  EXPECT_TRUE(candidates.next());
  writer.join();
}

TEST(Candidates, AreNotWaitedForInVain) {
  const StoreFolder folder;
  Candidates candidates(LayerDescriptors(folder.store(), kDigest), 100ms);
  const auto start = SearchClock::now();
  const Error error = failure([&] { (void)candidates.next(); });
  EXPECT_GE(SearchClock::now() - start, 100ms);
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_EQ(error.message(), "no manifest in " + folder.root().string() + " says how it is encrypted");
  EXPECT_EQ(
      error.hint(),
      "an image built FROM an encrypted one may have lost its annotations: pull the image it was built from");
}

TEST(Candidates, SayWhenTheSearchWasCutShort) {
  const StoreFolder folder;
  folder.add_manifest({with_key("a")});
  Candidates candidates(LayerDescriptors(folder.store(), kDigest, 0s), 0s);
  EXPECT_EQ(
      failure([&] { (void)candidates.next(); }).message(),
      "no manifest in " + folder.root().string() + " says how it is encrypted (the search ran out of time)");
}

// That none says it would be untrue of those that could not be read.
TEST(Candidates, SayWhatTheSystemRefused) {
  const StoreFolder folder;
  folder.add_manifest({with_key("a")});
  const std::string message = in_child([&] {
    Candidates candidates(LayerDescriptors(folder.store(), kDigest), 0s);
    let_every_open_fail();
    const Error error = failure([&] { (void)candidates.next(); });
    return error.message() + error.hint();
  });
  EXPECT_TRUE(message.ends_with("/blobs/sha256: Too many open files)")) << message;
}

}  // namespace
}  // namespace imgcrypt::streamproc

#include "oci/media_types.hpp"
#include "support/scratch_folder.hpp"
#include "transport/dir/dir_destination.hpp"
#include "transport/dir/dir_source.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <thread>

namespace imgcrypt::test {
namespace {

namespace fs = std::filesystem;

class DirTransport : public ::testing::Test {
 protected:
  [[nodiscard]] DirReference reference() const { return {(scratch_.path() / "dir").string()}; }

  static Descriptor descriptor(std::string_view type, const std::string& text) {
    return {std::string(type), Digest::of(as_bytes(text)), text.size(), {}, std::nullopt, false, false};
  }

  // An image of one blob; returns its root. `own` is the image that it was made of, if that is in the
  // directory.
  Descriptor write(const std::string& blob, std::optional<Digest> own = std::nullopt) const {
    DirDestination destination(reference(), std::move(own), {});
    destination.check();
    MemorySource content(to_bytes(as_bytes(blob)));
    const Digest digest = destination.put_blob({.media_type = "t", .size = blob.size()}, content);
    const std::string manifest = R"({"schemaVersion":2,"blob":")" + digest.string() + R"("})";
    const Descriptor root = descriptor(kOciManifest, manifest);
    destination.put_document(root, manifest);
    (void)destination.commit({root, {}});
    return root;
  }

  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(reference().directory))
      names.insert(entry.path().filename());
    return names;
  }

  ScratchFolder scratch_;
};

TEST_F(DirTransport, HoldsOneImage) {
  (void)write("old");
  const Descriptor root = write("new");
  EXPECT_EQ(DirSource(reference(), Links::kRefuse).root().descriptor.digest, root.digest);
  EXPECT_EQ(files(), (std::set<std::string>{Digest::of(as_bytes("new")).hex(), "manifest.json", "version"}));
}

// What keeps manifest.json from being replaced comes when all other files are there.
TEST_F(DirTransport, LeavesNothingOfWhatFailed) {
  (void)write("old");
  fs::remove(fs::path(reference().directory) / "manifest.json");
  fs::create_directory(fs::path(reference().directory) / "manifest.json");
  const std::set<std::string> before = files();
  EXPECT_THROW((void)write("new"), Error);
  EXPECT_EQ(files(), before);
}

TEST_F(DirTransport, LosesNoChangeMadeInTheMeantime) {
  const Descriptor read = write("old");
  const Descriptor other = write("other");
  const std::set<std::string> before = files();
  EXPECT_THROW((void)write("made of the old one", read.digest), Error);
  EXPECT_EQ(DirSource(reference(), Links::kRefuse).root().descriptor.digest, other.digest);
  EXPECT_EQ(files(), before);
  EXPECT_NE(write("made of the other one", other.digest).digest, other.digest);
}

TEST_F(DirTransport, GivesTheOldImageOrTheNewOneToWhoeverOpensIt) {
  const Descriptor one = write("one");
  std::atomic<bool> is_done = false;
  std::jthread reader([&] {
    std::set<std::string> seen;
    while (!is_done || seen.empty()) {
      const DirSource source(reference(), Links::kRefuse);
      seen.insert(source.root().descriptor.digest.string());
    }
    EXPECT_LE(seen.size(), 2U);
  });
  for (int i = 0; i < 50; ++i) {
    (void)write("two");
    EXPECT_EQ(write("one").digest, one.digest);
  }
  is_done = true;
}

}  // namespace
}  // namespace imgcrypt::test

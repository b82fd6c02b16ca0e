#include "node/layer_descriptors.hpp"

#include "oci/manifest.hpp"
#include "support/in_child.hpp"
#include "support/no_open_files.hpp"
#include "support/store_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kAnnotation = "org.opencontainers.image.enc.keys.jwe";
const Digest kLayer = Digest::of(as_bytes("a layer"));

// What tells descriptors apart here.
Descriptor named(const std::string& name) {
  return {"type", kLayer, 7, {{kAnnotation, name}}, std::nullopt, false, false};
}

std::vector<std::string> names_of(LayerDescriptors& list) {
  std::vector<std::string> names;
  while (const auto descriptor = list.next()) names.push_back(descriptor->annotations.at(kAnnotation));
  return names;
}

std::vector<std::string> names_in(const StoreFolder& folder) {
  LayerDescriptors list(folder.store(), kLayer);
  return names_of(list);
}

std::string padded(std::string text, std::size_t size) {
  text.resize(std::max(size, text.size()), ' ');
  return text;
}

TEST(LayerDescriptors, ComeFromTheNewestManifestFirst) {
  const StoreFolder folder;
  folder.add_manifest({named("older")}, 5);
  folder.add_manifest({named("newest 1"), named("newest 2")}, 1);
  folder.add_manifest({named("oldest")}, 9);
  EXPECT_THAT(names_in(folder), ElementsAre("newest 1", "newest 2", "older", "oldest"));
}

TEST(LayerDescriptors, ComeFromLargeDocumentsLast) {
  const StoreFolder folder;
  folder.add(padded(manifest_of({named("large")}), 300'000), 1);
  folder.add_manifest({named("small")}, 5);
  EXPECT_THAT(names_in(folder), ElementsAre("small", "large"));
}

TEST(LayerDescriptors, AreGivenOnceEach) {
  const StoreFolder folder;
  folder.add_manifest(std::vector<Descriptor>(120, named("a")), 1);
  Descriptor titled = named("a");
  titled.annotations["org.opencontainers.image.title"] = "other";
  folder.add_manifest({titled, named("b"), named("a")}, 2);
  EXPECT_THAT(names_in(folder), ElementsAre("a", "b"));
}

TEST(LayerDescriptors, DifferInWhateverMattersToDecryption) {
  const StoreFolder folder;
  Descriptor longer = named("a");
  ++longer.size;
  Descriptor typed = named("a");
  typed.media_type = "other";
  Descriptor public_options = named("a");
  public_options.annotations["org.opencontainers.image.enc.pubopts"] = "x";
  folder.add_manifest({named("a"), longer, typed, public_options});
  EXPECT_EQ(names_in(folder).size(), 4U);
}

TEST(LayerDescriptors, AreThoseOfTheLayerWithAnnotationsOfEncryption) {
  const StoreFolder folder;
  Descriptor other = named("other");
  other.digest = Digest::of(as_bytes("another layer"));
  other.annotations["org.example.base"] = kLayer.string();
  Descriptor dropped = named("dropped");
  dropped.annotations = {{"org.opencontainers.image.title", "layer"}};
  Descriptor long_digest = named("sha512");
  long_digest.digest = Digest::of(as_bytes("a layer"), HashAlgorithm::kSha512);
  folder.add_manifest({other, dropped, long_digest, named("right")});
  EXPECT_THAT(names_in(folder), ElementsAre("right"));
}

TEST(LayerDescriptors, AreNotFoundInWhatIsNotAManifest) {
  const StoreFolder folder;
  const std::string good = manifest_of({named("a")});
  const std::string digest = kLayer.string();
  for (const std::string& text :
       {std::string(), std::string("{"), "\x1f\x8b" + good, "[" + good + "]", good.substr(0, good.size() - 3),
        R"({"manifests":[{"digest":")" + digest + R"("}]})", R"({"layers":")" + digest + R"("})",
        R"({"layers":[{"digest":")" + digest + R"(","size":-1,"annotations":{"x":"y"}}]})",
        R"({"layers":[{"digest":")" + digest + R"(","size":7,"annotations":[1]}]})",
        padded(good, kMostDocumentBytes + 1)})
    folder.add(text);
  EXPECT_THAT(names_in(folder), IsEmpty());
  folder.add(padded(good, kMostDocumentBytes));
  EXPECT_THAT(names_in(folder), ElementsAre("a"));
}

TEST(LayerDescriptors, AreReadFromRegularFilesOnly) {
  const StoreFolder folder;
  const ScratchFolder elsewhere;
  ASSERT_EQ(::mkfifo(folder.path(std::string("fifo")).c_str(), 0600), 0);
  std::filesystem::create_symlink(elsewhere.write("manifest", manifest_of({named("elsewhere")})),
                                  folder.path(std::string("link")));
  std::filesystem::create_directory(folder.path(std::string("folder")));
  folder.add_manifest({named("a")});
  EXPECT_THAT(names_in(folder), ElementsAre("a"));
}

TEST(LayerDescriptors, AskedAgainAreThoseWrittenSince) {
  const StoreFolder folder;
  LayerDescriptors list(folder.store(), kLayer);
  EXPECT_THAT(names_of(list), IsEmpty());
  folder.add_manifest({named("a")});
  EXPECT_THAT(names_of(list), ElementsAre("a"));
  EXPECT_THAT(names_of(list), IsEmpty());
  folder.add_manifest({named("a"), named("older than the first")}, 5);
  EXPECT_THAT(names_of(list), ElementsAre("older than the first"));
  EXPECT_EQ(list.cut_short(), "");
}

TEST(LayerDescriptors, SayWhatTheSystemRefusedToOpen) {
  const StoreFolder folder;
  const std::string path = folder.add_manifest({named("a")});
  EXPECT_EQ(in_child([&] {
              LayerDescriptors list(folder.store(), kLayer);
              std::string refusal;
              let_every_open_fail();
              (void)open_regular_file(path, &refusal);
              return (list.next() ? "found" : list.cut_short()) + "; " + refusal;
            }),
            folder.root().string() + "/blobs/sha256: Too many open files; " + path + ": Too many open files");
  std::string absent;
  (void)open_regular_file(path + ".absent", &absent);
  EXPECT_EQ(absent, "");
}

TEST(LayerDescriptors, EndAfterSixtyFour) {
  const StoreFolder folder;
  std::vector<Descriptor> many;
  for (int i = 0; i < 64; ++i) many.push_back(named(std::to_string(i)));
  folder.add_manifest(many, 1);
  LayerDescriptors all(folder.store(), kLayer);
  EXPECT_EQ(names_of(all).size(), 64U);
  EXPECT_EQ(all.cut_short(), "");
  folder.add_manifest({named("one more")}, 2);
  EXPECT_THAT(names_of(all), IsEmpty());
  EXPECT_EQ(all.cut_short(), "the search ended after 64 descriptors");
}

TEST(LayerDescriptors, EndWhenTheTimeIsOver) {
  const StoreFolder folder;
  folder.add_manifest({named("a")});
  LayerDescriptors list(folder.store(), kLayer, std::chrono::seconds(0));
  EXPECT_THAT(names_of(list), IsEmpty());
  EXPECT_EQ(list.cut_short(), kOutOfTime);
}

}  // namespace
}  // namespace imgcrypt

#include "transport/layout/layout_referrers.hpp"

#include <gmock/gmock.h>

namespace imgcrypt::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kImageManifest = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* kImageIndex = "application/vnd.oci.image.index.v1+json";

// A layout of documents, and what is said of it.
class LayoutReferrers : public testing::Test {
 protected:
  std::string entry(const std::string& type, const std::string& text, const std::string& tag = {}) {
    const Digest digest = Digest::of(as_bytes(text));
    documents_[digest] = text;
    return R"({"mediaType":")" + type + R"(","digest":")" + digest.string() + R"(","size":)" +
           std::to_string(text.size()) +
           (tag.empty() ? "" : R"(,"annotations":{"org.opencontainers.image.ref.name":")" + tag + R"("})") +
           "}";
  }

  static std::string manifest(const std::string& members) { return R"({"schemaVersion":2)" + members + "}"; }
  std::string about_image(const std::string& more = {}) const {
    return manifest(R"(,"subject":{"digest":")" + image_.string() + R"("})" + more);
  }
  std::string tag_of_image() const { return "sha256-" + image_.hex(); }

  // "TYPE TAG" of each.
  std::vector<std::string> of_image(const std::vector<std::string>& entries) {
    std::string list;
    for (const std::string& one : entries) list += (list.empty() ? "" : ",") + one;
    const auto found =
        referrers_in(parse_entries(R"({"manifests":[)" + list + "]}"),
                     [&](const Descriptor& document) -> std::optional<std::string> {
                       ++reads_;
                       const auto at = documents_.find(document.digest);
                       return at == documents_.end() ? std::nullopt : std::optional(at->second);
                     });
    std::vector<std::string> texts;
    const auto [first, last] = found.equal_range(image_);
    for (auto at = first; at != last; ++at) texts.push_back(at->second.artifact_type + " " + at->second.tag);
    return texts;
  }

  Digest image_ = Digest::of(as_bytes("image"));
  std::map<Digest, std::string> documents_;
  int reads_ = 0;
};

TEST_F(LayoutReferrers, AreFoundByTheirSubject) {
  const std::string typed = entry(kImageManifest, about_image(R"(,"artifactType":"a/b")"));
  const std::string by_config = entry(kImageIndex, about_image(R"(,"config":{"mediaType":"c/d"})"));
  EXPECT_THAT(of_image({typed, by_config, entry(kImageManifest, manifest(""))}), ElementsAre("a/b ", "c/d "));
}

TEST_F(LayoutReferrers, AreFoundByTheTagsOfCosign) {
  const std::string any = manifest("");
  EXPECT_THAT(of_image({entry(kImageManifest, any, tag_of_image() + ".sig"),
                        entry(kImageManifest, any, tag_of_image() + ".att"),
                        entry(kImageManifest, any, "sha256-12.sig"), entry(kImageManifest, any, "sig")}),
              ElementsAre(" " + tag_of_image() + ".sig", " " + tag_of_image() + ".att"));
}

TEST_F(LayoutReferrers, AreFoundInTheIndexThatRegctlTags) {
  std::string listed = entry(kImageManifest, about_image());
  listed.insert(1, R"("artifactType":"e/f",)");
  const std::string list = entry(kImageIndex, manifest(R"(,"manifests":[)" + listed + "]"), tag_of_image());
  EXPECT_THAT(of_image({list}), ElementsAre("e/f "));
}

TEST_F(LayoutReferrers, AreNotWhatCannotBeFollowed) {
  const std::string gone = entry(kImageManifest, about_image());
  documents_.clear();
  EXPECT_THAT(of_image({gone, entry(kImageManifest, manifest(R"(,"subject":7)")), "7",
                        entry(kImageManifest, manifest(R"(,"subject":{"digest":"sha256:1"})")),
                        entry(kImageIndex, manifest(R"(,"manifests":[7])"), tag_of_image()),
                        entry("text/plain", about_image(" "))}),
              IsEmpty());
}

TEST_F(LayoutReferrers, AreReadOnceHoweverOftenTheyAreListed) {
  const std::string one = entry(kImageManifest, about_image());
  EXPECT_EQ(of_image({one, one, one}).size(), 1U);
  EXPECT_EQ(reads_, 1);
}

}  // namespace
}  // namespace imgcrypt::test

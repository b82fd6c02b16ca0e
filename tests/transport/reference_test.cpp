#include "transport/reference.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kHex(64, 'a');

LayoutReference parse(const std::string& text) {
  return std::get<LayoutReference>(Reference::parse(text).parts());
}

TEST(Reference, IsALayoutWithTagOrDigest) {
  const LayoutReference bare = parse("oci:some/dir");
  EXPECT_EQ(bare.directory, "some/dir");
  EXPECT_EQ(bare.tag, "");
  const LayoutReference tagged = parse("oci:dir:example.com/a:b");
  EXPECT_EQ(tagged.directory, "dir");
  EXPECT_EQ(tagged.tag, "example.com/a:b");
  const LayoutReference pinned = parse("oci:dir@sha256:" + kHex);
  EXPECT_EQ(pinned.directory, "dir");
  ASSERT_TRUE(pinned.digest);
  EXPECT_EQ(pinned.digest->hex(), kHex);
  const LayoutReference result = parse("oci:dir:tag@sha256:" + kHex);
  EXPECT_EQ(result.directory, "dir");
  EXPECT_EQ(result.tag, "tag");
  ASSERT_TRUE(result.digest);
}

TEST(Reference, TakesColonsAndAtSignsForPathUnlessATagOrDigestFollows) {
  struct Row {
    const char* text;
    const char* directory;
    const char* tag;
  };
  for (const Row& row : {Row{"oci:user@host", "user@host", ""}, Row{"oci:team@share:1", "team@share", "1"},
                         Row{"oci:/a:b c/d:1", "/a:b c/d", "1"}, Row{"oci:a: b", "a: b", ""},
                         Row{"oci:a@b:c@d:1", "a@b", "c@d:1"}, Row{"oci:C:/x:1", "C:/x", "1"},
                         Row{"oci:dir@1", "dir@1", ""}}) {
    const LayoutReference reference = parse(row.text);
    EXPECT_EQ(reference.directory, row.directory) << row.text;
    EXPECT_EQ(reference.tag, row.tag) << row.text;
    EXPECT_FALSE(reference.digest) << row.text;
  }
  const LayoutReference pinned = parse("oci:team@share:1@sha256:" + kHex);
  EXPECT_EQ(pinned.directory, "team@share");
  EXPECT_EQ(pinned.tag, "1");
  EXPECT_TRUE(pinned.digest);
}

TEST(Reference, IsAnImageInARegistry) {
  struct Row {
    const char* text;
    const char* whole;
  };
  for (const Row& row : {Row{"docker://busybox", "docker://docker.io/library/busybox:latest"},
                         Row{"docker://me/app:1", "docker://docker.io/me/app:1"},
                         Row{"docker://index.docker.io/busybox:1", "docker://docker.io/library/busybox:1"},
                         Row{"docker://localhost/a", "docker://localhost/a:latest"},
                         Row{"docker://h:5000/a/b__c:T.1", "docker://h:5000/a/b__c:T.1"},
                         Row{"docker://h:65535/a", "docker://h:65535/a:latest"},
                         Row{"docker://[::1]:5000/a:1", "docker://[::1]:5000/a:1"}})
    EXPECT_EQ(Reference::parse(row.text).string(), row.whole) << row.text;
  EXPECT_EQ(Reference::parse("docker://h.test/a@sha256:" + kHex).string(),
            "docker://h.test/a@sha256:" + kHex);
  EXPECT_EQ(Reference::parse("docker://h.test/a", ReferenceUse::kList).string(), "docker://h.test/a");
}

// People know them from URLs; whatever else is wrong, they must not be shown.
TEST(Reference, HoldsNoPassword) {
  for (const char* text : {"docker://me:sEcReT@h.test/a", "docker://me:sEcReT@h.test:5000/a:1",
                           "docker://https://me:sEcReT@h.test/a", "docker://me:sEcReT@h.test"}) {
    try {
      (void)Reference::parse(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.message() + error.hint(), testing::Not(testing::HasSubstr("sEcReT")));
      EXPECT_THAT(error.hint(), testing::HasSubstr("imgcrypt login"));
    }
  }
  EXPECT_EQ(Reference::parse("docker://a:1@sha256:" + kHex).string(),
            "docker://docker.io/library/a:1@sha256:" + kHex);
}

TEST(Reference, IsAPositionInTheLayout) {
  const LayoutReference reference = parse("oci:some/dir:@12");
  EXPECT_EQ(reference.directory, "some/dir");
  EXPECT_EQ(reference.position, 12U);
  EXPECT_EQ(reference.tag, "");
  EXPECT_EQ(reference.string(), "oci:some/dir:@12");
  EXPECT_EQ(parse("oci:team@share:@0").directory, "team@share");
  for (const std::string& text :
       {std::string("oci:dir:@"), std::string("oci:dir:@x"), std::string("oci:dir:@-1"),
        std::string("oci:dir:@1x"), std::string("oci:dir:@99999999999999999999"),
        "oci:dir:@1@sha256:" + kHex}) {
    EXPECT_EQ(error_of([&] { (void)Reference::parse(text); }), ErrorCode::kUsage) << text;
  }
}

TEST(Reference, IsWrittenAsItWasRead) {
  for (const std::string& text : {std::string("oci:/a/b"), std::string("oci:a:t"), "oci:a@sha256:" + kHex,
                                  "oci:dir:tag@sha256:" + kHex, std::string("oci:team@share:1")}) {
    EXPECT_EQ(Reference::parse(text).string(), text);
  }
}

TEST(Reference, IsNothingElse) {
  for (const std::string& text :
       {std::string(), std::string("dir"), std::string("docker:dir"), std::string("oci:"),
        std::string("oci::tag"), std::string("oci:dir:"), std::string("oci:dir@sha256:ab"),
        "oci:@sha256:" + kHex, std::string("oci:a\nb")}) {
    EXPECT_EQ(error_of([&] { (void)Reference::parse(text); }), ErrorCode::kUsage) << text;
  }
}

struct Hint {
  const char* text;
  ReferenceUse use;
  const char* hint;
};

class Hints : public testing::TestWithParam<Hint> {};

TEST_P(Hints, SayWhatWasMeant) {
  try {
    (void)Reference::parse(GetParam().text, GetParam().use);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.hint(), testing::HasSubstr(GetParam().hint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    References, Hints,
    testing::Values(
        Hint{"oci://plain:1", ReferenceUse::kRead, "did you mean oci:plain:1?"},
        Hint{"oci://plain:1", ReferenceUse::kWrite, "oci:/plain:1"},
        Hint{"plain:1", ReferenceUse::kRead, "write oci:plain:1"},
        Hint{"plain:1", ReferenceUse::kRead, "for a registry docker://plain:1"},
        Hint{"plain", ReferenceUse::kWrite, "for a registry docker://plain"},
        Hint{"./plain", ReferenceUse::kRead, "did you mean oci:./plain?"},
        Hint{"./plain:1", ReferenceUse::kRead, "did you mean oci:./plain:1?"},
        Hint{"../plain", ReferenceUse::kWrite, "did you mean oci:../plain?"},
        Hint{"/abs/plain", ReferenceUse::kRead, "did you mean oci:/abs/plain?"},
        Hint{"~/plain", ReferenceUse::kRead, "did you mean oci:$HOME/plain?"},
        Hint{"file:///srv/plain", ReferenceUse::kRead, "did you mean oci:/srv/plain?"},
        Hint{VECTORS "/keys/rsa.pem", ReferenceUse::kRead, "for an archive write oci-archive:"},
        Hint{"docker:example.test/a:1", ReferenceUse::kRead, "did you mean docker://example.test/a:1?"},
        Hint{"docker://https://example.test/a", ReferenceUse::kRead, "did you mean docker://example.test/a?"},
        Hint{"docker://example.test/A", ReferenceUse::kRead, "repositories are written in lower case"},
        Hint{"docker://127.0.0.1:65536/a", ReferenceUse::kRead, "write docker://HOST/REPOSITORY:TAG"},
        Hint{"docker://127.0.0.1:0/a", ReferenceUse::kRead, "write docker://HOST/REPOSITORY:TAG"},
        Hint{"docker://example.test:5000", ReferenceUse::kRead,
             "write docker://example.test:5000/REPOSITORY"},
        Hint{"docker://example.test", ReferenceUse::kList, "write docker://example.test/REPOSITORY"},
        Hint{"docker://example.test/a:@0", ReferenceUse::kList,
             "imgcrypt tags docker://example.test/a lists"},
        Hint{"docker://localhost", ReferenceUse::kList, "write docker://localhost/REPOSITORY"},
        Hint{"containerd:busybox", ReferenceUse::kRead, "ctr images export - busybox | imgcrypt COMMAND -"},
        Hint{"containerd://busybox:1", ReferenceUse::kWrite, "ctr images import -"},
        Hint{"ocidir://plain:1", ReferenceUse::kRead, "did you mean oci:plain:1?"},
        Hint{"ocidir:///srv/plain", ReferenceUse::kRead, "did you mean oci:/srv/plain?"},
        Hint{"dockr://example.test/a", ReferenceUse::kRead, "did you mean docker://example.test/a?"},
        Hint{"Docker://a", ReferenceUse::kRead, "did you mean docker://a?"},
        Hint{"oci-archve:/a.tar", ReferenceUse::kRead, "did you mean oci-archive:/a.tar?"},
        Hint{"docker-arhive:a.tar:b", ReferenceUse::kWrite, "did you mean docker-archive:a.tar:b?"},
        Hint{"docker-daemon:a:1", ReferenceUse::kRead, "skopeo copy --all docker-daemon:a:1 oci:DIR:TAG"},
        Hint{"docker-daemon:a:1", ReferenceUse::kWrite, "skopeo copy --all oci:DIR:TAG docker-daemon:a:1"},
        Hint{"containers-storage:a", ReferenceUse::kRead, "skopeo copy containers-storage:a oci:DIR:TAG"},
        Hint{"containers-storage:a", ReferenceUse::kWrite, "skopeo copy oci:DIR:TAG containers-storage:a"},
        Hint{"https://example.test/a", ReferenceUse::kRead, "write docker://example.test/a"},
        Hint{"", ReferenceUse::kRead, "write oci:DIR"}));

}  // namespace
}  // namespace imgcrypt

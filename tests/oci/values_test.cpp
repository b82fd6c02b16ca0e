#include "oci/digest.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "oci/verifying_source.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kHex(64, 'a');

TEST(Digest, IsSha256OrSha512InLowerCase) {
  for (const std::string& text : {"sha256:" + kHex, "sha512:" + kHex + kHex}) {
    EXPECT_EQ(Digest::parse(text).string(), text);
  }
  EXPECT_EQ(Digest::of({}).string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, IsNothingElse) {
  const std::string shorter = kHex.substr(1);
  for (const std::string& text :
       {std::string(), kHex, "sha256" + kHex, std::string("sha256:"), "sha256:" + shorter,
        "sha256:" + kHex + "a", "sha256:" + shorter + "A", "sha256:" + shorter + "g",
        "sha256:" + shorter + "/", "SHA256:" + kHex, "sha512:" + kHex, "md5:" + kHex, " sha256:" + kHex,
        "sha256:" + kHex + "\n", "sha256:../" + kHex.substr(3), "sha256:" + shorter + '\0'}) {
    EXPECT_FALSE(Digest::parse_if_valid(text)) << text;
    EXPECT_EQ(error_of([&] { (void)Digest::parse(text); }), ErrorCode::kIntegrity) << text;
  }
}

TEST(Reference, IsADirectoryWithTagOrDigest) {
  const Reference bare = Reference::parse("oci:some/dir");
  EXPECT_EQ(bare.directory, "some/dir");
  EXPECT_EQ(bare.tag, "");
  const Reference tagged = Reference::parse("oci:dir:example.com/a:b");
  EXPECT_EQ(tagged.directory, "dir");
  EXPECT_EQ(tagged.tag, "example.com/a:b");
  const Reference pinned = Reference::parse("oci:dir@sha256:" + kHex);
  EXPECT_EQ(pinned.directory, "dir");
  ASSERT_TRUE(pinned.digest);
  EXPECT_EQ(pinned.digest->hex(), kHex);
  const Reference result = Reference::parse("oci:dir:tag@sha256:" + kHex);
  EXPECT_EQ(result.tag, "tag");
  EXPECT_EQ(result.string(), "oci:dir:tag@sha256:" + kHex);
  EXPECT_EQ(Reference::parse("oci:user@host").directory, "user@host");
}

TEST(Reference, IsAPositionInTheLayout) {
  const Reference reference = Reference::parse("oci:some/dir:@12");
  EXPECT_EQ(reference.directory, "some/dir");
  EXPECT_EQ(reference.position, 12U);
  EXPECT_EQ(reference.tag, "");
  EXPECT_EQ(reference.string(), "oci:some/dir:@12");
  EXPECT_EQ(Reference::parse("oci:dir@1").directory, "dir@1");  // as for skopeo
  for (const std::string& text :
       {std::string("oci:dir:@"), std::string("oci:dir:@x"), std::string("oci:dir:@-1"),
        std::string("oci:dir:@1x"), std::string("oci:dir:@99999999999999999999"),
        "oci:dir:@1@sha256:" + kHex}) {
    EXPECT_EQ(error_of([&] { (void)Reference::parse(text); }), ErrorCode::kUsage) << text;
  }
}

TEST(Reference, IsWrittenAsItWasRead) {
  for (const std::string& text : {std::string("oci:/a/b"), std::string("oci:a:t"), "oci:a@sha256:" + kHex}) {
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

TEST(MediaTypes, RoundTripThroughTheirEncryptedForm) {
  for (const char* kind : {"layer.v1.tar", "layer.nondistributable.v1.tar"}) {
    for (const char* compression : {"", "+gzip", "+zstd"}) {
      const std::string plain = std::string("application/vnd.oci.image.") + kind + compression;
      EXPECT_TRUE(is_plain_layer(plain)) << plain;
      EXPECT_FALSE(is_encrypted(plain));
      EXPECT_EQ(encrypted_type(plain), plain + "+encrypted");
      EXPECT_TRUE(is_encrypted(encrypted_type(plain)));
      EXPECT_FALSE(is_plain_layer(encrypted_type(plain)));
      EXPECT_EQ(decrypted_type(encrypted_type(plain)), plain);
    }
  }
}

TEST(MediaTypes, MakeOciOfDockersHybrid) {
  EXPECT_EQ(decrypted_type("application/vnd.docker.image.rootfs.diff.tar.gzip+encrypted"),
            "application/vnd.oci.image.layer.v1.tar+gzip");
}

TEST(MediaTypes, TellManifestsFromIndexes) {
  const std::string docker = "application/vnd.docker.distribution.manifest.";
  EXPECT_TRUE(is_manifest(kOciManifest) && is_manifest(docker + "v2+json"));
  EXPECT_TRUE(is_index(kOciIndex) && is_index(docker + "list.v2+json"));
  EXPECT_FALSE(is_manifest(kOciIndex) || is_index(kOciManifest) || is_manifest("") || is_index(""));
  EXPECT_EQ(oci_type(docker + "v2+json"), kOciManifest);
  EXPECT_EQ(oci_type(kOciManifest), std::nullopt);
}

std::optional<ErrorCode> verify(std::string_view content, std::string_view promised, std::uint64_t size) {
  return error_of([&] {
    VerifyingSource source(std::make_unique<MemorySource>(as_bytes(content)), Digest::of(as_bytes(promised)),
                           size);
    EXPECT_EQ(as_text(read_all(source, 1000, "blob")), promised);
  });
}

TEST(VerifyingSource, EndsOnlyBehindTheRightBytes) {
  EXPECT_EQ(verify("content", "content", 7), std::nullopt);
  EXPECT_EQ(verify("", "", 0), std::nullopt);
  EXPECT_EQ(verify("Content", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("conten", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content!", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content", "content", 6), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content", "content", 8), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("", "content", 7), ErrorCode::kIntegrity);
}

TEST(VerifyingSource, StaysFailed) {
  VerifyingSource source(std::make_unique<MemorySource>(as_bytes("x")), Digest::of(as_bytes("y")), 1);
  Bytes chunk(10);
  const auto read_to_end = [&] {
    while (source.read(chunk) != 0) {
    }
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of(read_to_end), ErrorCode::kIntegrity);
}

}  // namespace
}  // namespace imgcrypt

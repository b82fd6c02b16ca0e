#include "oci/digest.hpp"
#include "oci/media_types.hpp"
#include "oci/verifying_source.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
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

TEST(MediaTypes, MakeOciOfDockersHybrids) {
  EXPECT_EQ(decrypted_type("application/vnd.docker.image.rootfs.diff.tar+encrypted"),
            "application/vnd.oci.image.layer.v1.tar");
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
    VerifyingSource source(std::make_unique<MemorySource>(to_bytes(as_bytes(content))),
                           Digest::of(as_bytes(promised)), size);
    EXPECT_EQ(as_text(read_all(source, 1000, "blob")), promised);
  });
}

TEST(VerifyingSource, EndsOnlyAfterTheRightBytes) {
  EXPECT_EQ(verify("content", "content", 7), std::nullopt);
  EXPECT_EQ(verify("", "", 0), std::nullopt);
  EXPECT_EQ(verify("Content", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("conten", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content!", "content", 7), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content", "content", 6), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("content", "content", 8), ErrorCode::kIntegrity);
  EXPECT_EQ(verify("", "content", 7), ErrorCode::kIntegrity);
}

// Whoever repairs the image must know which of the two is wrong.
TEST(VerifyingSource, TellsAWrongDescriptorFromDamage) {
  const auto message = [](std::string_view content, std::uint64_t size) {
    return failure([&] {
             VerifyingSource source(std::make_unique<MemorySource>(to_bytes(as_bytes(content))),
                                    Digest::of(as_bytes("content")), size);
             drain(source);
           })
        .message();
  };
  EXPECT_THAT(message("content", 8), testing::HasSubstr("is wrong: it says 8 bytes, but the content"));
  EXPECT_THAT(message("conten", 7), testing::HasSubstr("is damaged: it ends after 6 of 7 bytes"));
  EXPECT_THAT(message("content", 6), testing::HasSubstr("or its descriptor is damaged: it is longer"));
}

TEST(Digest, IsFoundInAnyText) {
  const Digest one = Digest::of(as_bytes("1"));
  const Digest two = Digest::of(as_bytes("2"), HashAlgorithm::kSha512);
  EXPECT_EQ(digests_in("{\"a\":\"" + one.string() + "\"} sha256:12 " + two.string()), (std::set{one, two}));
  EXPECT_TRUE(digests_in(one.string().substr(0, 70)).empty());
  EXPECT_TRUE(digests_in("").empty());
}

TEST(VerifyingSource, StaysFailed) {
  VerifyingSource source(std::make_unique<MemorySource>(to_bytes(as_bytes("x"))), Digest::of(as_bytes("y")),
                         1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of([&] { drain(source); }), ErrorCode::kIntegrity);
}

}  // namespace
}  // namespace imgcrypt

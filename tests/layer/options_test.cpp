#include "layer/private_options.hpp"
#include "layer/public_options.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

TEST(PrivateOptions, AreWrittenByteForByteAsPeersDo) {
  const auto rows = load_rows("cipher.json", "private_options");
  const PrivateOptions options{secret(hex(rows, "symkey")), hex(rows, "nonce"), text(rows, "digest")};
  const SecretBytes json = options.to_json();
  EXPECT_EQ(as_text(json.expose()), text(rows, "written"));
  EXPECT_EQ(json.size(), 193U);
}

TEST(PrivateOptions, AreReadFromEveryPeer) {
  const auto rows = load_rows("cipher.json", "private_options");
  for (const auto& row : rows.at("read")) {
    SCOPED_TRACE(row.at("name"));
    const PrivateOptions options = PrivateOptions::parse(secret(text(row, "text")));
    EXPECT_EQ(exposed(options.key), hex(rows, "symkey"));
    EXPECT_EQ(options.nonce, hex(rows, "nonce"));
  }
}

TEST(PrivateOptions, AreRefusedWithOneMessageForEveryFault) {
  const auto rows = load_rows("cipher.json", "private_options");
  for (const auto& row : rows.at("refused")) {
    SCOPED_TRACE(row.at("name"));
    try {
      (void)PrivateOptions::parse(secret(text(row, "text")));
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
      EXPECT_EQ(error.message(), "layer authentication failed");
    }
  }
}

TEST(PrivateOptions, SurviveBytesCutAnywhere) {
  const auto written = text(load_rows("cipher.json", "private_options"), "written");
  for (std::size_t size = 0; size < written.size(); ++size) {
    const auto parse = [&] { (void)PrivateOptions::parse(secret(written.substr(0, size))); };
    EXPECT_EQ(error_of(parse), ErrorCode::kIntegrity) << size;
  }
}

TEST(PrivateOptions, AreFreshEachTime) {
  const Digest source = Digest::of(as_bytes("layer"));
  const PrivateOptions one = PrivateOptions::generate(source);
  const PrivateOptions other = PrivateOptions::generate(source);
  EXPECT_NE(exposed(one.key), exposed(other.key));
  EXPECT_NE(one.nonce, other.nonce);
  EXPECT_EQ(one.source_digest, source.string());
  EXPECT_EQ(exposed(PrivateOptions::parse(one.to_json()).key), exposed(one.key));
}

// Those of all layers are kept until the image is done. With pages of its own each key would need two entries
// of the memory map, which the system limits to 65 530.
TEST(PrivateOptions, OfTensOfThousandsOfLayersFitIntoTheMemoryMap) {
  const SecretBytes json = PrivateOptions::generate(Digest::of(as_bytes("layer"))).to_json();
  std::vector<PrivateOptions> all;
  for (int i = 0; i < 40'000; ++i) all.push_back(PrivateOptions::parse(json));
  EXPECT_EQ(exposed(all.back().key), exposed(all.front().key));
}

TEST(PublicOptions, AreWrittenByteForByteAsPeersDo) {
  const auto rows = load_rows("cipher.json", "public_options");
  const PublicOptions options{decode_base64(text(rows, "hmac"), Base64::kStandard).value()};
  EXPECT_EQ(options.to_json(), text(rows, "written"));
}

TEST(PublicOptions, AreReadFromEveryPeer) {
  const auto rows = load_rows("cipher.json", "public_options");
  for (const auto& row : rows.at("read")) {
    const PublicOptions options = PublicOptions::parse(text(row, "text"));
    EXPECT_EQ(encode_base64(options.hmac, Base64::kStandard), text(rows, "hmac")) << row.at("name");
  }
}

TEST(PublicOptions, AreRefusedForEveryFault) {
  const auto rows = load_rows("cipher.json", "public_options");
  for (const auto& row : rows.at("refused")) {
    EXPECT_TRUE(error_of([&] { (void)PublicOptions::parse(text(row, "text")); })) << row.at("name");
  }
}

TEST(PublicOptions, MustNotOverrideWhatIsAuthenticated) {
  const std::string nonce =
      R"({"cipher":"AES_256_CTR_HMAC_SHA256","hmac":"","cipheroptions":{"nonce":"AA=="}})";
  EXPECT_EQ(error_of([&] { (void)PublicOptions::parse(nonce); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt

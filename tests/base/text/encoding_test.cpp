#include "base/text/encoding.hpp"

#include "base/secret_bytes.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

TEST(Base64, EncodesTheExamplesOfRfc4648) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(encode_base64(as_bytes(plain), Base64::kStandard), encoded);
    EXPECT_EQ(as_text(encode_base64_secret(as_bytes(plain), Base64::kStandard).expose()), encoded);
    const std::string unpadded(encoded, std::string_view(encoded).find_last_not_of('=') + 1);
    EXPECT_EQ(encode_base64(as_bytes(plain), Base64::kUrl), unpadded);
    EXPECT_EQ(decode_base64(unpadded, Base64::kUrl), to_bytes(as_bytes(plain)));
    EXPECT_EQ(encode_base64(as_bytes(plain), Base64::kUnpadded), unpadded);
    EXPECT_EQ(decode_base64(unpadded, Base64::kUnpadded), to_bytes(as_bytes(plain)));
  }
}

TEST(Base64, RoundTripsEveryByte) {
  Bytes bytes(257);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  for (const Base64 variant : {Base64::kStandard, Base64::kUnpadded, Base64::kUrl}) {
    EXPECT_EQ(decode_base64(encode_base64(bytes, variant), variant), bytes);
    EXPECT_EQ(exposed(decode_base64_secret(encode_base64(bytes, variant), variant).value()), bytes);
  }
}

TEST(Base64, TakesTheCanonicalFormOnly) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "=",
                           "====", "-_-_", "Z", "Zg==Zg==", "Zm*v", "\xe4GG9"}) {
    EXPECT_FALSE(decode_base64(text, Base64::kStandard)) << text;
    EXPECT_FALSE(decode_base64_secret(text, Base64::kStandard)) << text;
  }
  for (const char* text : {"Zg==", "Zh", "Z", "+/+/", "Zm9v\n", "Zm9=", "\xe4GG9"}) {
    EXPECT_FALSE(decode_base64(text, Base64::kUrl)) << text;
  }
  for (const char* text : {"Zg==", "Zg=", "Zh", "Z", "-_-_", "Zm9v\n", "Zm9="}) {
    EXPECT_FALSE(decode_base64(text, Base64::kUnpadded)) << text;
  }
}

TEST(Hex, IsLowerCase) { EXPECT_EQ(encode_hex(Bytes{0x00, 0x0f, 0xab}), "000fab"); }

TEST(SecretBytes, StartAsZeros) { EXPECT_EQ(exposed(SecretBytes(3)), Bytes(3)); }

TEST(SecretBytes, MoveAndLeaveNothingBehind) {
  SecretBytes from = secret("abc");
  SecretBytes to(std::move(from));
  EXPECT_EQ(as_text(to.expose()), "abc");
  EXPECT_EQ(from.size(), 0U);  // NOLINT(bugprone-use-after-move)
  SecretBytes other = secret("other");
  other = std::move(to);
  EXPECT_EQ(as_text(other.expose()), "abc");
}

TEST(SecretBytes, TruncateToTheirHead) {
  SecretBytes bytes = secret("abcdef");
  bytes.truncate(2);
  EXPECT_EQ(as_text(bytes.expose()), "ab");
  bytes.truncate(0);
  EXPECT_EQ(bytes.size(), 0U);
}

TEST(SecretBytes, CompareByContent) {
  EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), {}));
}

TEST(Wipe, LeavesZeros) {
  Bytes bytes = {1, 2, 3};
  wipe(bytes);
  EXPECT_EQ(bytes, Bytes(3));
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/device/key_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

std::string found_in(const std::string& content) {
  const auto name = find_device_key(content, "/keys/node");
  return name ? name->text() : "";
}

TEST(KeyDevice, IsNamedBeforeAColon) {
  EXPECT_EQ(parse_device_key("tpm2:0x81000001").value().key, "0x81000001");
  for (const char* text : {"tpm2:", "tpm2", "tpm", "TPM2:0x81000001", "jwe:key", "/tpm2:x"})
    EXPECT_FALSE(parse_device_key(text)) << text;
}

// A URI may have a PIN after its question mark, and what follows a colon may be one.
TEST(KeyDevice, ShowsNothingThatMayBeSecret) {
  EXPECT_EQ(parse_device_key("tpm2:0x81000001:s3cret").value().shown(), "tpm2:0x81000001");
  EXPECT_EQ(parse_device_key("tpm2:token=a?pin-value=1234").value().shown(), "tpm2:token=a");
}

TEST(KeyDevice, IsFoundInFiles) {
  EXPECT_EQ(found_in("-----BEGIN TSS2 PRIVATE KEY-----\nMIH"), "tpm2:/keys/node");
  EXPECT_EQ(found_in("# a comment\n\ntpm2:0x81000001"), "tpm2:0x81000001");
  EXPECT_EQ(found_in("tpm2:0x81000001\r\n\n"), "tpm2:0x81000001");
  EXPECT_EQ(found_in("\xEF\xBB\xBFtpm2:0x81000001\n"), "tpm2:0x81000001");
}

TEST(KeyDevice, IsNotFoundInOtherFiles) {
  for (const std::string& content :
       {std::string(), std::string("tpm2:\n"), std::string("tpm2:a\ntpm2:b\n"), std::string(" tpm2:a"),
        std::string("-----BEGIN PRIVATE KEY-----\n"), "tpm2:" + std::string(1000, 'a')})
    EXPECT_EQ(found_in(content), "") << content.substr(0, 40);
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/device/device_protocol.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

TEST(DeviceProtocol, ReadsTheRequestsThatItWrites) {
  DeviceRequest request{.operation = DeviceOperation::kOaepSha256,
                        .key = "0x81000001",
                        .passphrase = secret("1234"),
                        .data = to_bytes(as_bytes("ciphertext")),
                        .label = std::string("a\0b", 3),
                        .size = 16};
  const SecretBytes document = format_device_request(request);
  ASSERT_TRUE(is_device_request(document.expose()));
  const DeviceRequest read = parse_device_request(document.expose());
  EXPECT_EQ(read.operation, request.operation);
  EXPECT_EQ(read.key, request.key);
  EXPECT_EQ(as_text(read.passphrase.value().expose()), "1234");
  EXPECT_EQ(read.data, request.data);
  EXPECT_EQ(read.label, request.label);
  EXPECT_EQ(read.size, 16U);
  EXPECT_THAT(text_of(document), testing::Not(testing::HasSubstr("\n")));
  request.passphrase.reset();
  EXPECT_FALSE(parse_device_request(format_device_request(request).expose()).passphrase);
}

// Or a packet would choose what is done with a private key.
TEST(DeviceProtocol, IsNotWhatWrapsAndUnwraps) {
  for (const char* document : {R"({"op":"keyunwrap","keyunwrapparams":{"annotation":"e30="}})", R"({"op":1})",
                               R"({"privatekey":{"operation":"agree"}})", "{}"})
    EXPECT_FALSE(is_device_request(as_bytes(document))) << document;
}

TEST(DeviceProtocol, RefusesMalformedRequests) {
  const std::string good = text_of(format_device_request({.operation = DeviceOperation::kPkcs1}));
  const std::pair<const char*, const char*> changes[] = {{R"("operation":"pkcs1")", R"("operation":"sign")"},
                                                         {R"("key":"")", R"("key":"%")"},
                                                         {R"("data":"")", R"("data":7)"},
                                                         {R"(,"label":"")", ""},
                                                         {R"("size":0)", R"("size":-1)"},
                                                         {R"("size":0)", R"("size":0,"Size":1)"}};
  for (const auto& [from, to] : changes) {
    std::string bad = good;
    bad.replace(bad.find(from), std::string_view(from).size(), to);
    EXPECT_EQ(error_of([&] { (void)parse_device_request(as_bytes(bad)); }), ErrorCode::kIntegrity) << bad;
  }
  DeviceRequest large{.operation = DeviceOperation::kPkcs1, .size = kMostDeviceMessageBytes + 1};
  EXPECT_EQ(error_of([&] { (void)parse_device_request(format_device_request(large).expose()); }),
            ErrorCode::kRefused);
  large = {.operation = DeviceOperation::kPkcs1, .data = Bytes(kMostDeviceMessageBytes + 1)};
  EXPECT_EQ(error_of([&] { (void)parse_device_request(format_device_request(large).expose()); }),
            ErrorCode::kRefused);
}

TEST(DeviceProtocol, ReadsReplies) {
  const SecretBytes reply = format_device_reply(secret("message"));
  EXPECT_EQ(as_text(parse_device_reply(reply.expose()).value().expose()), "message");
  EXPECT_FALSE(parse_device_reply(format_device_reply(std::nullopt).expose()));
  EXPECT_FALSE(parse_device_reply(as_bytes(R"({"error":"no"})")));
  EXPECT_EQ(error_of([] { (void)parse_device_reply(as_bytes(R"({"privatekeyresults":{"result":"%"}})")); }),
            ErrorCode::kIntegrity);
}

}  // namespace
}  // namespace imgcrypt

#include "keyprovider/grpc/address.hpp"
#include "keyprovider/grpc/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::keyprovider::remote {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

std::string encoded(const std::string& document) {
  return std::string(as_text(encode_message(as_bytes(document)).expose()));
}

std::string decoded(const std::string& message) {
  return std::string(as_text(decode_message(as_bytes(message)).expose()));
}

std::string refusal_of(const std::string& message) {
  try {
    (void)decode_message(as_bytes(message));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
    return error.message();
  }
  return "taken";
}

TEST(GrpcMessage, IsOneFieldOfBytes) {
  EXPECT_EQ(encoded("{}"), "\x0a\x02{}");
  EXPECT_EQ(encoded(""), "\x0a\x00"s);
  EXPECT_EQ(encoded(std::string(300, 'x')), "\x0a\xac\x02" + std::string(300, 'x'));
}

TEST(GrpcMessage, ComesBack) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 16383U, 16384U, 1000000U})
    EXPECT_EQ(decoded(encoded(std::string(size, 'x'))).size(), size);
}

TEST(GrpcMessage, MayHaveOtherFieldsAndTheLastCounts) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("\x10\x05\x19"
                    "12345678"
                    "\x22\x02hi\x2d"
                    "1234\x0a\x01"
                    "a\x0a\x01"
                    "b"),
            "b");
}

TEST(GrpcMessage, MustBeWhole) {
  const std::string whole = "\x10\x85\x01\x0a\x02{}";
  for (const std::size_t size : {1U, 2U, 4U, 5U, 6U})
    EXPECT_THAT(refusal_of(whole.substr(0, size)), HasSubstr("cut short")) << size;
  EXPECT_THAT(refusal_of("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), HasSubstr("cut short"));
  EXPECT_THAT(refusal_of(std::string(11, '\xff')), HasSubstr("64 bits"));
  for (const char* type : {"\x0b", "\x0c", "\x0e", "\x0f"})
    EXPECT_THAT(refusal_of(type), HasSubstr("unknown type"));
}

TEST(GrpcAddress, IsASocketOrAPort) {
  EXPECT_EQ(parse_address("unix:/run/keys.sock").target, "unix:/run/keys.sock");
  EXPECT_EQ(parse_address("unix:///run/keys.sock").socket, "/run/keys.sock");
  EXPECT_EQ(parse_address("unix:////keys.sock").target, "unix:/keys.sock");
  EXPECT_EQ(parse_address("unix:keys.sock").socket, "keys.sock");
  EXPECT_EQ(parse_address("host:50051").target, "dns:///host:50051");
  EXPECT_EQ(parse_address("[::1]:50051").text, "[::1]:50051");
  EXPECT_EQ(parse_address("http://127.0.0.1:50051/").text, "127.0.0.1:50051");
  EXPECT_EQ(parse_address("unix:" + std::string(107, 'x')).socket.size(), 107U);
}

TEST(GrpcAddress, IsNothingElse) {
  for (const std::string text : {"", "host", "host:", ":1", "host:70000", "host:-1", "host:1x",
                                 "unix:", "unix://keys", "https://host:1", "vsock:1:2", "::1:1", "a/b:1",
                                 "user@host:1", "dns://1.1.1.1/host:1", "/run/keys.sock"}) {
    EXPECT_THROW((void)parse_address(text), Error) << text;
  }
  EXPECT_THROW((void)parse_address("unix:" + std::string(108, 'x')), Error);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::remote

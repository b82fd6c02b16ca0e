#include "streamproc/payload.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::streamproc {
namespace {

using test::error_of;
using test::read_vector;
using test::text;

TEST(Payload, IsReadAsContainerdSendsIt) {
  for (const auto& row : test::load_table("payload.json")) {
    const std::string any = read_vector(text(row, "file"));
    const auto payload = parse_payload(as_bytes(any));
    ASSERT_TRUE(payload);
    EXPECT_EQ(payload->layer.digest.string(), text(row, "digest"));
    EXPECT_EQ(payload->layer.media_type, text(row, "media_type"));
    ASSERT_EQ(payload->keys.size(), row.at("keys").size());
    for (std::size_t i = 0; i < payload->keys.size(); ++i) {
      EXPECT_EQ(as_text(payload->keys[i].file.expose()), read_vector(row.at("keys")[i].get<std::string>()));
    }
  }
}

TEST(Payload, IsRefusedOrIgnoredWhenCutShort) {
  const std::string any = read_vector("payload/payload-keys.bin");
  for (std::size_t size = 1; size < any.size(); size += 7) {
    std::optional<Payload> payload;
    const auto failure = error_of([&] { payload = parse_payload(as_bytes(any).first(size)); });
    EXPECT_TRUE(failure || !payload) << size;
  }
}

TEST(Payload, IsIgnoredWhenOfAnotherType) { EXPECT_FALSE(parse_payload(as_bytes("\x0a\x01x\x12\x02{}"))); }

TEST(Payload, NamesItsKeysThatAreNotUsed) {
  const std::string json =
      R"({"DecryptConfig":{"Parameters":{"gpg-privatekeys":["AAAA"],"gpg-privatekeys-passwords":[null],"pkcs11-yamls":[""]}},)"
      R"("Descriptor":{"mediaType":"a/b","digest":"sha256:)" +
      std::string(64, '0') + R"(","size":1}})";
  const std::string type = "io.containerd.ocicrypt.v1.Payload";
  std::string any = "\x0a" + std::string(1, static_cast<char>(type.size())) + type + "\x12";
  any += static_cast<char>(json.size() % 128 + 128);
  any += static_cast<char>(json.size() / 128);
  const auto payload = parse_payload(as_bytes(any + json));
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->unused_keys, std::vector<std::string>{"gpg-privatekeys"});
  EXPECT_TRUE(payload->provider_parameters.empty());
}

}  // namespace
}  // namespace imgcrypt::streamproc

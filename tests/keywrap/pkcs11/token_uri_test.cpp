#include "keywrap/pkcs11/token_uri.hpp"

#include "keywrap/device/key_device.hpp"
#include "keywrap/pkcs11/token_key_file.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

struct Taken {
  std::string uri;
  std::optional<std::string> pin;
  bool operator==(const Taken&) const = default;
};

Taken taken_from(const std::string& uri) {
  const TokenUri taken = take_pin(uri);
  return {taken.text, taken.pin ? std::optional(std::string(as_text(taken.pin->expose()))) : std::nullopt};
}

TEST(TokenUri, IsToldFromAFile) {
  for (const char* uri : {"token=a;object=b", "id=%01", "slot-id=3;object=a", "?module-name=x", "object="})
    EXPECT_TRUE(is_token_uri(uri)) << uri;
  for (const char* file : {"", "token", "key.yaml", "./token=a", "/etc/token=a", "other=a", "a?b=c"})
    EXPECT_FALSE(is_token_uri(file)) << file;
}

TEST(TokenUri, LosesItsPin) {
  EXPECT_EQ(taken_from("token=a;object=b"), (Taken{"token=a;object=b", std::nullopt}));
  EXPECT_EQ(taken_from("token=a?pin-value=1234"), (Taken{"token=a", "1234"}));
  EXPECT_EQ(taken_from("token=a?pin-value=%31%2f%3A&module-name=m"), (Taken{"token=a?module-name=m", "1/:"}));
  EXPECT_EQ(taken_from("token=a?x=1&pin-value=&y=2"), (Taken{"token=a?x=1&y=2", ""}));
  for (const char* bad : {"token=a?pin-value=%3", "token=a?pin-value=%", "token=a?pin-value=%zz",
                          "token=a?pin-value=1&pin-value=2"}) {
    try {
      (void)take_pin(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_EQ(error.message().find("token=a"), std::string::npos);
    }
  }
}

TEST(TokenUri, HasItsPinInOnePlace) {
  for (const char* bad :
       {"token=a;pin-value=s3cret", "token=a;pin-value=s3cret?module-name=m", "token=a?PIN-VALUE=s3cret",
        "token=a?pin=s3cret", "pin-source=/s3cret?x=1", "token=a?x=1?pin-value=s3cret&Pin=s3cret"}) {
    try {
      (void)take_pin(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_EQ((error.message() + error.hint()).find("s3cret"), std::string::npos);
    }
  }
  EXPECT_EQ(taken_from("token=pin;object=pin=?pin-source=file:/a"),
            (Taken{"token=pin;object=pin=?pin-source=file:/a", std::nullopt}));
}

TEST(TokenUri, IsShownWithoutItsPin) {
  EXPECT_EQ(with_hidden_pin("pkcs11:token=a?x=1&pin-value=1234"), "pkcs11:token=a?x=1&pin-value=...");
  EXPECT_EQ(with_hidden_pin("pin-value=1&pin-value=2"), "pin-value=...");
  EXPECT_EQ(with_hidden_pin("pkcs11:PIN=1&x"), "pkcs11:PIN=...");
  EXPECT_EQ(with_hidden_pin("pkcs11://pin-value=1"), "pkcs11://pin-value=...");
  EXPECT_EQ(with_hidden_pin("token=a;pin-value=1;2?x"), "token=a;pin-value=...");
  EXPECT_EQ(with_hidden_pin("token=a:b?module-name=m:1234"), "token=a:b?module-name=m");
  EXPECT_EQ(with_hidden_pin("token=a?pin-source=file:/f"), "token=a?pin-source=file:/f");
  EXPECT_EQ(with_hidden_pin("token=a?pin-source=file:/f&y=1:2"), "token=a?pin-source=file:/f&y=1");
  EXPECT_EQ(with_hidden_pin("token=a?pin-source=1234"), "token=a?pin-source=...");
  EXPECT_EQ(with_hidden_pin("jwe:file"), "jwe:file");
  EXPECT_EQ(shown_token_key("token=a;object=b:1234?x"), "token=a;object=b");
  EXPECT_EQ(shown_token_key("token=a;object=b?x:1234"), "token=a;object=b");
  EXPECT_EQ(shown_token_key("//token=a;pin=1"), "//token=a;pin=...");
}

TEST(TokenUri, TakesItsPinInEveryForm) {
  const auto form = [](const std::string& value) {
    const auto name = parse_device_key("pkcs11:" + value);
    const KeyString key = name->device->parse_key(name->key);
    return key.file + "|" + std::to_string(static_cast<int>(key.from)) + "|" + key.value;
  };
  const auto from = [](PassphraseFrom place) { return std::to_string(static_cast<int>(place)); };
  EXPECT_EQ(form("token=a;object=b:prompt"), "token=a;object=b|" + from(PassphraseFrom::kPrompt) + "|");
  EXPECT_EQ(form("token=a:b;object=c:env=PIN"),
            "token=a:b;object=c|" + from(PassphraseFrom::kEnvironment) + "|PIN");
  EXPECT_EQ(form("token=a?module-path=/x:file=/y"),
            "token=a?module-path=/x|" + from(PassphraseFrom::kFile) + "|/y");
  EXPECT_EQ(form("token=a?pin-value=1:prompt"), "token=a|" + from(PassphraseFrom::kArgument) + "|1:prompt");
  EXPECT_EQ(form("token=a:b"), "token=a:b|" + from(PassphraseFrom::kNowhere) + "|");
  EXPECT_EQ(form("token=a?module-name=m:1234"),
            "token=a?module-name=m|" + from(PassphraseFrom::kArgument) + "|1234");
  EXPECT_EQ(form("token=a?x=1:2&module-path=/absent:12:34"),
            "token=a?x=1:2&module-path=/absent|" + from(PassphraseFrom::kArgument) + "|12:34");
  EXPECT_EQ(form("token=a?pin-source=file:/a"),
            "token=a?pin-source=file:/a|" + from(PassphraseFrom::kNowhere) + "|");
  EXPECT_THROW((void)form("token=a?module-name=m:promt"), Error);
  EXPECT_THROW((void)form("token=a?pin-value=1&module-name=m:prompt"), Error);
  EXPECT_EQ(parse_device_key("pkcs11:token=a?pin-value=1")->text(), "pkcs11:token=a?pin-value=...");
  EXPECT_EQ(parse_device_key("pkcs11:token=a;pin-value=1?x")->shown(), "pkcs11:token=a;pin-value=...");
}

TEST(TokenKeyFile, IsAKeyOfTheDevice) {
  const auto of_file = find_device_key(read_vector("keys/p11.yaml.in"), "FILE");
  ASSERT_TRUE(of_file);
  EXPECT_EQ(of_file->text(), "pkcs11:FILE");
  const auto of_line = find_device_key("# the token\npkcs11:token=a;object=b\n", "FILE");
  ASSERT_TRUE(of_line);
  EXPECT_EQ(of_line->key, "token=a;object=b");
}

TEST(TokenKeyFile, IsToldByItsText) {
  for (const char* text :
       {"pkcs11:\n  uri: pkcs11:token=a\n", "module:\n  env: {A: b}\npkcs11:\n  uri: \"pkcs11:token=a\"\n",
        R"({"pkcs11":{"uri":"pkcs11:token=a"}})",
        "# a key\npkcs11:\n    more: 1\n    uri: >-\n      pkcs11:token=a\n",
        "pkcs11: {uri: 'pkcs11:object=a'}", "---\n\"pkcs11\" :\n  \"uri\" : pkcs11:id=%01"})
    EXPECT_TRUE(is_token_key_file(text)) << text;
  for (const char* text : {"", "pkcs11:token=a", "pkcs11:\n  uri: http://a", "uri: pkcs11:token=a",
                           "see pkcs11: and uri", "xpkcs11:\n  uri: pkcs11:a", "pkcs11:\n  xuri: pkcs11:a"})
    EXPECT_FALSE(is_token_key_file(text)) << text;
  EXPECT_TRUE(is_token_key_file(read_vector("keys/p11.yaml.in")));
  for (const char* key : {"rsa.pem", "rsa256.jwk", "p256-sec1.der", "pgp1.sec"})
    EXPECT_FALSE(is_token_key_file(read_vector("keys/" + std::string(key)))) << key;
}

}  // namespace
}  // namespace imgcrypt

#include "keywrap/key_string.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kKey = std::string(VECTORS) + "/keys/rsa.pem";

struct KeyStringCase {
  std::string suffix;
  PassphraseFrom from;
  std::string value;
};

TEST(KeyString, KnowsEachForm) {
  const KeyStringCase cases[] = {
      {"", PassphraseFrom::kNowhere, ""},          {":pass=1234", PassphraseFrom::kArgument, "1234"},
      {":pass=", PassphraseFrom::kArgument, ""},   {":file=/tmp/p", PassphraseFrom::kFile, "/tmp/p"},
      {":fd=3", PassphraseFrom::kFd, "3"},         {":env=PASS", PassphraseFrom::kEnvironment, "PASS"},
      {":prompt", PassphraseFrom::kPrompt, ""},    {":pass=a:pass=b", PassphraseFrom::kArgument, "a:pass=b"},
      {":1234", PassphraseFrom::kArgument, "1234"}};
  for (const auto& row : cases) {
    SCOPED_TRACE(row.suffix);
    const KeyString key = parse_key_string(kKey + row.suffix);
    EXPECT_EQ(key.file, kKey);
    EXPECT_EQ(key.from, row.from);
    EXPECT_EQ(key.value, row.value);
  }
}

TEST(KeyString, NamesKeysInDevices) {
  EXPECT_EQ(parse_device_key_string("0x81000001").file, "0x81000001");
  const KeyString handle = parse_device_key_string("0x81000001:env=PIN");
  EXPECT_EQ(handle.file, "0x81000001");
  EXPECT_EQ(handle.from, PassphraseFrom::kEnvironment);
  EXPECT_EQ(handle.value, "PIN");
  // A colon in a URI is not the beginning of a form.
  const KeyString uri = parse_device_key_string("token=a:b;object=c:file=/tmp/pin");
  EXPECT_EQ(uri.file, "token=a:b;object=c");
  EXPECT_EQ(uri.value, "/tmp/pin");
  EXPECT_EQ(parse_device_key_string("token=a:b").file, "token=a:b");
  const KeyString file = parse_device_key_string(kKey + ":1234");
  EXPECT_EQ(file.file, kKey);
  EXPECT_EQ(file.value, "1234");
}

TEST(KeyString, NeverShowsThePassphraseOfAMissingFile) {
  for (const char* text : {"/missing:pass=hunter2", "/missing:pass=hunter2:pass=x", "/missing:hunter2",
                           ":pass=hunter2", ":hunter2"}) {
    try {
      (void)parse_key_string(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.message() + error.hint(), testing::Not(testing::HasSubstr("hunter2"))) << text;
    }
  }
}

TEST(KeyString, TellsMisspeltFormsFromPassphrases) {
  const std::pair<const char*, const char*> misspelt[] = {{":promt", ":prompt?"},
                                                          {":Prompt", ":prompt?"},
                                                          {":prompt=", ":prompt?"},
                                                          {":promp", ":prompt?"},
                                                          {":file", ":file=PASSPHRASEFILE?"},
                                                          {":file:hunter2", ":file=PASSPHRASEFILE?"},
                                                          {":fiel=hunter2", ":file=PASSPHRASEFILE?"},
                                                          {":pas=hunter2", ":pass=PASSPHRASE?"},
                                                          {":pass", ":pass=PASSPHRASE?"},
                                                          {":pass:hunter2", ":pass=PASSPHRASE?"},
                                                          {":password=hunter2", ":pass=PASSPHRASE?"},
                                                          {":passphrase:hunter2", ":pass=PASSPHRASE?"},
                                                          {":ENV=hunter2", ":env=VARIABLE?"},
                                                          {":fd", ":fd=N?"},
                                                          {":df=3", ":fd=N?"}};
  for (const auto& [suffix, form] : misspelt) {
    const Error error = failure([&] { (void)parse_key_string(kKey + suffix); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.hint(), testing::HasSubstr("did you mean " + kKey + form)) << suffix;
    EXPECT_THAT(error.message() + error.hint(), testing::Not(testing::HasSubstr("hunter2"))) << suffix;
  }
  for (const char* bare : {":1234", ":fine", ":past", ":two words: and=more", ":a=b", ":hunter2", ":x"})
    EXPECT_EQ(parse_key_string(kKey + bare).value, bare + 1);
}

TEST(KeyString, SaysWhatIsWrongWithAMissingFile) {
  EXPECT_THAT(failure([] { (void)parse_key_string("jwe:" + kKey + ":pass=hunter2"); }).hint(),
              testing::HasSubstr("without \"jwe:\""));
  EXPECT_THAT(failure([] { (void)parse_key_string("~/key.pem:prompt"); }).hint(),
              testing::HasSubstr("$HOME"));
}

}  // namespace
}  // namespace imgcrypt

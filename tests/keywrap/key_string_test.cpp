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
  bool bare;
};

TEST(KeyString, KnowsEachForm) {
  const KeyStringCase cases[] = {{"", PassphraseFrom::kNowhere, "", false},
                                 {":pass=1234", PassphraseFrom::kArgument, "1234", false},
                                 {":pass=", PassphraseFrom::kArgument, "", false},
                                 {":file=/tmp/p", PassphraseFrom::kFile, "/tmp/p", false},
                                 {":fd=3", PassphraseFrom::kFd, "3", false},
                                 {":env=PASS", PassphraseFrom::kEnvironment, "PASS", false},
                                 {":prompt", PassphraseFrom::kPrompt, "", false},
                                 {":pass=a:pass=b", PassphraseFrom::kArgument, "a:pass=b", false},
                                 {":1234", PassphraseFrom::kArgument, "1234", true}};
  for (const auto& row : cases) {
    SCOPED_TRACE(row.suffix);
    const KeyString key = parse_key_string(kKey + row.suffix);
    EXPECT_EQ(key.file, kKey);
    EXPECT_EQ(key.from, row.from);
    EXPECT_EQ(key.value, row.value);
    EXPECT_EQ(key.is_bare_password, row.bare);
  }
}

TEST(KeyString, NeverShowsThePasswordOfAMissingFile) {
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

}  // namespace
}  // namespace imgcrypt

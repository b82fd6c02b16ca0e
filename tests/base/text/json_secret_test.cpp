#include "base/text/json_secret.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

std::string decoded(const std::string& text) {
  check_json(text);
  return std::string(as_text(decode_json_secret(JsonView(text)).expose()));
}

TEST(JsonSecret, DecodesAsPublicStringsAre) {
  for (const std::string text : {R"("")", R"("plain")", R"("\"\\\/\b\f\n\r\t")",
                                 R"("\u0041\u00e9\u20ac\ud83d\ude00")", "\"\xc3\xa9\""})
    EXPECT_EQ(decoded(text), JsonView(text).string()) << text;
}

TEST(JsonSecret, RefusesWhatIsNotAStringOfUnicode) {
  for (const char* text :
       {"1", "[]", "null", R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800x")"})
    EXPECT_THROW(decoded(text), Error) << text;
}

TEST(JsonSecret, QuotesWhatMustBe) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  const SecretBytes quoted = quote_json_secret(as_bytes(all));
  EXPECT_EQ(decoded(std::string(as_text(quoted.expose()))), all);
  EXPECT_EQ(as_text(quote_json_secret(as_bytes("a\"\x1f")).expose()), R"("a\"\u001f")");
}

}  // namespace
}  // namespace imgcrypt

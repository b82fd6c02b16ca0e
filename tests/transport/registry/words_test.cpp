#include "transport/http/url.hpp"
#include "transport/registry/challenge.hpp"
#include "transport/registry/registry_words.hpp"

#include <imgcrypt/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

TEST(Url, KnowsWhatHasTheSameOrigin) {
  const Url url = Url::parse("https://Example.com:443/v2/a?b=c#d");
  EXPECT_EQ(url.authority(), "example.com");
  EXPECT_TRUE(url.has_origin_of(Url::parse("https://example.com/other")));
  EXPECT_FALSE(url.has_origin_of(Url::parse("http://example.com/v2/a")));
  EXPECT_FALSE(url.has_origin_of(Url::parse("https://example.com:444/v2/a")));
  EXPECT_FALSE(url.has_origin_of(Url::parse("https://example.com.evil.test/")));
  EXPECT_EQ(Url::parse("http://[::1]:5000/").authority(), "[::1]:5000");
}

TEST(Url, ResolvesLocations) {
  const Url url = Url::parse("https://a.test/v2/x/blobs/uploads/1?state=2");
  EXPECT_EQ(url.resolved("/up/3?_state=4").string(), "https://a.test/up/3?_state=4");
  EXPECT_EQ(url.resolved("5").string(), "https://a.test/v2/x/blobs/uploads/5");
  EXPECT_EQ(url.resolved("http://b.test/6").string(), "http://b.test/6");
  EXPECT_EQ(url.with_query("digest", "sha256:a").string(),
            "https://a.test/v2/x/blobs/uploads/1?state=2&digest=sha256%3Aa");
}

TEST(Url, RefusesWhatIsNotHttp) {
  for (const char* text :
       {"", "a.test/x", "ftp://a.test/", "file:///etc/passwd", "https://user:word@a.test/",
        "https://a.test/\r\nX: y", "https://a%cc.test/", "https://a%20b.test/", "https://a%40b.test/"}) {
    EXPECT_THROW((void)Url::parse(text), Error) << text;
  }
  EXPECT_THROW((void)Url::parse("https://a.test/").resolved("file:///etc/passwd"), Error);
}

TEST(Url, HidesTheValuesOfAQuery) {
  EXPECT_EQ(Url::parse("https://a.test/x?token=secret=1&b=c&d").redacted(),
            "https://a.test/x?token=...&b=...&d");
}

TEST(Challenge, HasSchemesAndParameters) {
  const auto found = parse_challenges(
      R"(Basic realm="a \"b\"", Bearer realm="https://a.test/token",service=s , scope="repository:x:pull,push")");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].scheme, "basic");
  EXPECT_EQ(found[0].parameters.at("realm"), "a \"b\"");
  EXPECT_EQ(found[1].scheme, "bearer");
  EXPECT_EQ(found[1].parameters.at("service"), "s");
  EXPECT_EQ(found[1].parameters.at("scope"), "repository:x:pull,push");
  EXPECT_EQ(parse_challenges("Negotiate abc==, BASIC realm=x").at(1).scheme, "basic");
  EXPECT_EQ(parse_challenges("Negotiate").at(0).scheme, "negotiate");
}

TEST(Challenge, RefusesWhatTheGrammarDoesNotAllow) {
  for (const char* text : {R"(Bearer realm="a)", R"(Bearer realm="a" service="b")",
                           R"(Bearer realm="a",realm="b")", "=", "Bearer realm=\"a\\"}) {
    EXPECT_THROW((void)parse_challenges(text), Error) << text;
  }
}

TEST(RegistryWords, SayHowMuchIsThere) {
  EXPECT_EQ(bytes_received("0-1023"), 1024U);
  EXPECT_EQ(bytes_received("bytes=0-0"), 0U);
  for (const char* text : {"", "1-5", "0-", "0-x", "0-99999999999999999999", "0-18446744073709551615", "-5"})
    EXPECT_FALSE(bytes_received(text)) << text;
  EXPECT_TRUE(begins_at("bytes 5-9/10", 5));
  for (const char* text : {"", "bytes 4-9/10", "5-9/10", "bytes */10", "bytes 55-9/10"})
    EXPECT_FALSE(begins_at(text, 5)) << text;
}

TEST(RegistryWords, SayWhereTheNextPageIs) {
  EXPECT_EQ(next_link(R"(</v2/x/tags/list?last=b&n=2>; rel="next")"), "/v2/x/tags/list?last=b&n=2");
  EXPECT_EQ(next_link(R"(<a>; rel="prev", <b,c>; rel="next")"), "b,c");
  for (const char* text : {"", "<a", R"(<a>; rel="prev")"}) EXPECT_FALSE(next_link(text)) << text;
}

}  // namespace
}  // namespace imgcrypt

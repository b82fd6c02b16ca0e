#include "base/text/json.hpp"

#include "base/text/text_edits.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <regex>

namespace imgcrypt {
namespace {

using namespace test;

std::optional<ErrorCode> check(const std::string& text, const JsonLimits& limits = {}) {
  return error_of([&] { check_json(text, limits); });
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string object_of(std::size_t members) {
  std::string text;
  for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  return "{" + text + "}";
}

TEST(CheckJson, TakesWhatRfc8259Allows) {
  for (const char* text : {"null", " [ ] ", "{\"a\":1e3,\"b\":-0.5,\"\":\"\\u003c\\ud83d\\ude00\"}", "\"\"",
                           "18446744073709551617", "[true,false]\r\n\t"}) {
    EXPECT_EQ(check(text), std::nullopt) << text;
  }
}

TEST(CheckJson, TakesNothingElse) {
  for (const std::string& text : {std::string(),
                                  std::string(" "),
                                  std::string("\xEF\xBB\xBF{}"),
                                  std::string("{} x"),
                                  std::string("{}{}"),
                                  std::string("[1,]"),
                                  std::string("{\"a\":1,}"),
                                  std::string("// x\n{}"),
                                  std::string("{/**/}"),
                                  std::string("{'a':1}"),
                                  std::string("{a:1}"),
                                  std::string("01"),
                                  std::string("+1"),
                                  std::string("1."),
                                  std::string("NaN"),
                                  std::string("\"\x01\""),
                                  std::string("1e"),
                                  std::string("-"),
                                  std::string("\"\\u12g4\""),
                                  std::string("{1:2}"),
                                  std::string("[1 2]"),
                                  std::string("\"\\x\""),
                                  std::string("\"a"),
                                  std::string("[1"),
                                  std::string("[}"),
                                  std::string("nul"),
                                  std::string("{}\0", 3),
                                  std::string("{}\0{}", 5),
                                  std::string("\"\0\"", 3)}) {
    EXPECT_EQ(check(text), ErrorCode::kIntegrity) << text;
  }
}

// A label of an image that nobody here reads must not make it unreadable.
TEST(CheckJson, LeavesDuplicatesStringsAndNumbersToTheirReaders) {
  for (const char* text : {R"({"a":1,"a":1})", R"([{"x":{"b":1,"c":2,"b":3}}])", R"("\ud800")", "\"\xff\"",
                           "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "[1e999,-0]"}) {
    EXPECT_EQ(check(text), std::nullopt) << text;
  }
}

TEST(CheckJson, SaysWhereAndWhatItExpected) {
  const Error error = failure([] { check_json("{\n  \"a\": [1,]\n}"); });
  EXPECT_EQ(error.message(), "JSON: malformed at line 2, column 11: a value expected");
}

// Another parser as the judge, of texts that are nearly JSON.
TEST(CheckJson, AgreesWithAnotherParser) {
  const std::string whole = R"({"a":[1,-0.5e+3,{"b":null}],"c":"x\n\u0041","d":[true,false,[]],"e":{}} )";
  const std::string_view bytes = "{}[]\",:\\ 0123456789-+.eEtrufalsn\tx";
  std::mt19937 random(7);
  for (int round = 0; round < 50'000; ++round) {
    std::string text = whole;
    for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      switch (random() % 3) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    // They differ in numbers that no double can hold, which it refuses.
    static const std::regex kHuge("[eE][+-]?[0-9]{3}");
    if (std::regex_search(text, kHuge)) continue;
    EXPECT_EQ(!check(text).has_value(), nlohmann::json::accept(text)) << text;
  }
}

TEST(CheckJson, KeepsEachLimitToTheByte) {
  const JsonLimits limits{100, 4, 3, 10};
  const std::pair<std::function<std::string(std::size_t)>, std::size_t> cases[] = {
      {[](std::size_t n) { return "1" + std::string(n - 1, ' '); }, limits.size},
      {nested, limits.depth},
      {object_of, limits.members},
      {[](std::size_t n) { return "\"" + std::string(n, 'x') + "\""; }, limits.string},
      {[](std::size_t n) { return "{\"" + std::string(n, 'x') + "\":1}"; }, limits.string}};
  for (const auto& [make, limit] : cases) {
    EXPECT_EQ(check(make(limit - 1), limits), std::nullopt) << make(limit - 1);
    EXPECT_EQ(check(make(limit), limits), std::nullopt) << make(limit);
    EXPECT_EQ(check(make(limit + 1), limits), ErrorCode::kRefused) << make(limit + 1);
  }
}

TEST(CheckJson, HasTheLimitsOfDocuments) {
  EXPECT_EQ(check(nested(10'000)), std::nullopt);
  EXPECT_EQ(check(nested(10'001)), ErrorCode::kRefused);
  EXPECT_EQ(check(object_of(10'000)), std::nullopt);
  EXPECT_EQ(check(object_of(10'001)), ErrorCode::kRefused);
  EXPECT_EQ(check(std::string(1'000'000, '[')), ErrorCode::kRefused);
}

TEST(JsonView, FindsMembersByTheirExactName) {
  const JsonView view(R"({"a":null,"b":"x","\u0063":2})");
  EXPECT_FALSE(view.find("a"));
  EXPECT_FALSE(view.find("d"));
  EXPECT_EQ(view.get("b").string(), "x");
  EXPECT_EQ(view.get("c").unsigned_integer(), 2U);
  EXPECT_EQ(error_of([&] { (void)view.get("a"); }), ErrorCode::kIntegrity);
}

TEST(JsonView, RefusesNamesThatDifferInCaseOnly) {
  for (const char* text : {R"({"Keys":1})", R"({"keys":1,"KEYS":2})", "{\"key\u017f\":1}",
                           "{\"\u212aeys\":1}", R"({"\u212aeys":1})", R"({"\u004beys":null})"}) {
    EXPECT_EQ(error_of([&] { (void)JsonView(text).find("keys"); }), ErrorCode::kIntegrity) << text;
  }
}

TEST(JsonView, RefusesWhatIsFoundTwice) {
  const JsonView view(R"({"a":1,"b":2,"\u0061":1,"c":{"x":0,"x":0}})");
  EXPECT_EQ(view.get("b").unsigned_integer(), 2U);
  EXPECT_EQ(failure([&] { (void)view.find("a"); }).message(), R"(JSON: member "a" occurs twice)");
  EXPECT_EQ(failure([&] { (void)view.get("c").get("x"); }).message(),
            R"(JSON: member "c": member "x" occurs twice)");
}

TEST(JsonView, NamesTheMemberThatIsWrong) {
  const JsonView view(R"({"size":"1","urls":[7],"name":"\ud800","more":{}})");
  EXPECT_EQ(failure([&] { (void)view.get("size").unsigned_integer(); }).message(),
            R"(JSON: member "size": whole number from 0 to 18446744073709551615 expected)");
  EXPECT_EQ(failure([&] { (void)view.get("urls").elements().at(0).string(); }).message(),
            R"(JSON: element of "urls": string expected)");
  EXPECT_EQ(failure([&] { (void)view.get("name").string(); }).message(),
            R"(JSON: member "name": Unicode text expected)");
  EXPECT_EQ(failure([&] { (void)view.get("more").get("x"); }).message(),
            R"(JSON: member "more": member "x" is missing)");
}

TEST(JsonView, ShowsTextsThatAreNotUnicode) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("a\ud800b")", "a\ufffdb"},  {R"("\udc00\ud800\ud83d\ude00")", "\ufffd\ufffd\U0001f600"},
      {R"("\\ud800")", "\\ud800"},    {"\"a\xff\"", "a?"},
      {"\"\xff\\ud800\"", "?\ufffd"}, {"\"\u00e9\"", "\u00e9"}};
  for (const auto& [text, shown] : cases) EXPECT_EQ(JsonView(text).lenient_string(), shown) << text;
  for (const char* text :
       {R"("\ud800")", R"("\ud83d\ud83d")", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\""})
    EXPECT_EQ(error_of([&] { (void)JsonView(text).string(); }), ErrorCode::kIntegrity) << text;
}

TEST(JsonView, ReadsUnsignedIntegersExactly) {
  EXPECT_EQ(JsonView("18446744073709551615").unsigned_integer(), UINT64_MAX);
  for (const char* text : {"18446744073709551616", "-1", "1.0", "1e3", "\"1\"", "true", "-0"}) {
    EXPECT_EQ(error_of([&] { (void)JsonView(text).unsigned_integer(); }), ErrorCode::kIntegrity) << text;
  }
}

TEST(JsonView, GivesPlainStringsInPlaceOnly) {
  EXPECT_EQ(JsonView("\"abc\"").plain_string(), "abc");
  EXPECT_EQ(error_of([] { (void)JsonView(R"("\u0061")").plain_string(); }), ErrorCode::kIntegrity);
}

TEST(JsonView, KeepsTheVeryBytesOfValues) {
  const JsonView view(R"( { "a" : [ 1e3 , "}\"]" ] } )");
  EXPECT_EQ(view.text(), R"({ "a" : [ 1e3 , "}\"]" ] })");
  const auto elements = view.get("a").elements();
  ASSERT_EQ(elements.size(), 2U);
  EXPECT_EQ(elements[0].text(), "1e3");
  EXPECT_EQ(elements[1].string(), "}\"]");
}

TEST(JsonView, NeverReadsOutOfBounds) {
  const std::string whole = R"({"a":[1,"\u0061\\",{"b":null}],"c":"\""})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(error_of([&] { (void)JsonView({cut.data(), cut.size()}).members(); }), ErrorCode::kIntegrity)
        << size;
  }
}

TEST(QuoteJson, IsReadBackAsItWas) {
  for (const std::string& text : {std::string("a\"\\\n\t/<"), std::string("\0", 1), std::string("\u20ac")}) {
    const std::string quoted = quote_json(text);
    check_json(quoted);
    EXPECT_EQ(JsonView(quoted).string(), text);
  }
}

TEST(TextEdits, ChangeNothingElse) {
  const std::string_view text = "abcdef";
  TextEdits edits(text);
  edits.replace(text.substr(4, 1), "EE");
  edits.erase(text.substr(0, 1));
  edits.insert_after(text.substr(1, 1), "1");
  edits.insert_after(text.substr(1, 1), "2");
  edits.insert_after(text.substr(5, 1), "!");
  EXPECT_EQ(edits.apply(), "b12cdEEf!");
  EXPECT_EQ(TextEdits(text).apply(), text);
}

}  // namespace
}  // namespace imgcrypt

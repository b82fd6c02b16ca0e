#include "keywrap/provider/provider_protocol.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

std::string request(const std::string& name) { return read_vector("keyprovider/" + name + ".in.json"); }

ProviderRequest parse(const std::string& document, const std::string& provider = "demo") {
  return parse_provider_request(as_bytes(document), provider);
}

std::optional<std::string> result_of(ProviderOperation operation, const std::string& reply) {
  const auto result = parse_provider_reply(operation, as_bytes(reply));
  return result ? std::optional(text_of(*result)) : std::nullopt;
}

TEST(ProviderRequest, OfSkopeoIsReadAndWrittenByteForByte) {
  const ProviderRequest wrap = parse(request("keywrap"));
  EXPECT_EQ(wrap.operation, ProviderOperation::kWrap);
  EXPECT_THAT(wrap.parameters, ElementsAre("some:param=1"));
  EXPECT_THAT(text_of(wrap.content), testing::StartsWith(R"({"symkey":"SK9juAb7)"));
  EXPECT_EQ(text_of(format_provider_request(wrap, "demo")), request("keywrap"));

  const ProviderRequest unwrap = parse(request("keyunwrap"));
  EXPECT_EQ(unwrap.operation, ProviderOperation::kUnwrap);
  EXPECT_THAT(unwrap.parameters, ElementsAre(kProviderEnabled));
  EXPECT_THAT(text_of(unwrap.content), testing::StartsWith(R"({"kp": "demo")"));
  EXPECT_EQ(text_of(format_provider_request(unwrap, "demo")), request("keyunwrap"));
}

TEST(ProviderRequest, LeavesOutTheParametersOfOthers) {
  EXPECT_THAT(parse(request("keyunwrap-with-privkey")).parameters, ElementsAre(kProviderEnabled));
  EXPECT_THAT(parse(request("keyunwrap-with-privkey"), "another").parameters, IsEmpty());
}

// Only for the provider whose files have them, and each in the place of its file.
TEST(ProviderRequest, HasThePassphrasesOfItsFiles) {
  ProviderRequest request{ProviderOperation::kUnwrap, {"a", "b"}, secret("p")};
  request.passphrases.emplace_back();
  EXPECT_EQ(text_of(format_provider_request(request, "pgp")).find("passphrases"), std::string::npos);
  request.passphrases.emplace_back(secret("word"));
  const std::string document = text_of(format_provider_request(request, "pgp"));
  EXPECT_THAT(document, testing::HasSubstr(R"("pgp":["YQ==","Yg=="],"pgp-passphrases":[null,"d29yZA=="]})"));
  const ProviderRequest again = parse(document, "pgp");
  ASSERT_EQ(again.passphrases.size(), 2U);
  EXPECT_FALSE(again.passphrases[0]);
  EXPECT_EQ(text_of(*again.passphrases[1]), "word");
  EXPECT_TRUE(parse(document).passphrases.empty());
}

TEST(ProviderRequest, LeavesOutNamesThatAreNotUnicode) {
  const auto request = parse_provider_request(
      as_bytes(
          R"({"op":"keyunwrap","keyunwrapparams":{"dc":{"Parameters":{"\ud800":["YQ=="]}},"annotation":""}})"),
      "demo");
  EXPECT_TRUE(request.parameters.empty());
}

TEST(ProviderRequest, WithoutParametersHasEmptyMaps) {
  EXPECT_EQ(text_of(format_provider_request({ProviderOperation::kUnwrap, {}, secret("p")}, "demo")),
            R"({"op":"keyunwrap","keywrapparams":{"ec":null,"optsdata":null},)"
            R"("keyunwrapparams":{"dc":{"Parameters":{}},"annotation":"cA=="}})");
  EXPECT_EQ(text_of(format_provider_request({ProviderOperation::kWrap, {}, secret("p")}, "demo")),
            R"({"op":"keywrap","keywrapparams":{"ec":{"Parameters":{},"DecryptConfig":{"Parameters":{}}},)"
            R"("optsdata":"cA=="},"keyunwrapparams":{"dc":null,"annotation":null}})");
}

TEST(ProviderRequest, TakesTheNullsOfOtherCallers) {
  for (const char* dc : {"null", "{}", R"({"Parameters":null})", R"({"Parameters":{"demo":null}})"}) {
    const std::string document =
        R"({"op":"keyunwrap","keyunwrapparams":{"dc":)" + std::string(dc) + R"(,"annotation":"cA=="}})";
    EXPECT_THAT(parse(document).parameters, IsEmpty()) << dc;
  }
}

TEST(ProviderRequest, RefusesWhatIsNotARequest) {
  for (const char* document :
       {"", "{}", "[]", "null", R"({"op":"keydrop"})", R"({"op":"keywrap"})",
        R"({"op":"keywrap","keywrapparams":{"ec":null,"optsdata":null}})",
        R"({"op":"keywrap","keywrapparams":{"ec":null,"optsdata":"not base64"}})",
        R"({"op":"keyunwrap","keyunwrapparams":{"dc":null,"annotation":[256]}})",
        R"({"op":"keyunwrap","keyunwrapparams":{"dc":{"Parameters":{"demo":"one"}},"annotation":"cA=="}})",
        R"({"op":"keyunwrap","keyunwrapparams":{"dc":null,"annotation":"cA=="}} {})"}) {
    EXPECT_EQ(error_of([&] { (void)parse(document); }), ErrorCode::kIntegrity) << document;
  }
}

TEST(ProviderReply, IsAnArrayOfNumbers) {
  EXPECT_EQ(text_of(format_provider_reply(ProviderOperation::kWrap, Bytes{0, 10, 255})),
            R"({"keywrapresults":{"annotation":[0,10,255]}})");
  EXPECT_EQ(text_of(format_provider_reply(ProviderOperation::kUnwrap, Bytes{})),
            R"({"keyunwrapresults":{"optsdata":[]}})");
}

TEST(ProviderReply, IsReadInBothForms) {
  for (const char* reply :
       {R"({"keyunwrapresults":{"optsdata":[97,98,63]}})", R"({"keyunwrapresults":{"optsdata":"YWI/"}})",
        R"({"keyunwrapresults":{"optsdata":"YWI\/"},"keywrapresults":null})",
        R"({"keyunwrapresults":{"optsdata":"Y\nWI\r\n/\n"}})",
        R"({"keyunwrapresults":{"optsdata":"YWI/"},"error":""})"}) {
    EXPECT_EQ(result_of(ProviderOperation::kUnwrap, reply), "ab?") << reply;
  }
  EXPECT_EQ(result_of(ProviderOperation::kWrap, R"({"keywrapresults":{"annotation":"YWI/"}})"), "ab?");
}

TEST(ProviderReply, MayHaveNoResult) {
  for (const char* reply : {"{}", R"({"keyunwrapresults":null})", R"({"keyunwrapresults":{}})",
                            R"({"keyunwrapresults":{"optsdata":null}})"}) {
    EXPECT_EQ(result_of(ProviderOperation::kUnwrap, reply), std::nullopt) << reply;
  }
}

TEST(ProviderReply, RefusesWhatIsNotAReply) {
  for (const char* reply :
       {"", "done", "[]", R"({"keyunwrapresults":{"optsdata":[256]}})",
        R"({"keyunwrapresults":{"optsdata":[-1]}})", R"({"keyunwrapresults":{"optsdata":[1.5]}})",
        R"({"keyunwrapresults":{"optsdata":"YWI"}})", R"({"keyunwrapresults":{"optsdata":{}}})",
        R"({"KeyUnwrapResults":{"optsdata":"YWI/"}})", R"({"keyunwrapresults":{"optsdata":"YWI/"}}{})"}) {
    EXPECT_EQ(error_of([&] { (void)result_of(ProviderOperation::kUnwrap, reply); }), ErrorCode::kIntegrity)
        << reply;
  }
}

TEST(ProviderReply, SaysNothingWithAnEmptyFailure) {
  EXPECT_EQ(result_of(ProviderOperation::kUnwrap, R"({"error":""})"), std::nullopt);
}

std::optional<Error> failure_of(std::string_view reply) { return failure_in_reply(as_bytes(reply)); }

TEST(ProviderReply, ShowsTheBeginningOfALongFailure) {
  EXPECT_LT(failure_of(R"({"error":")" + std::string(900'000, 'x') + "\"}")->message().size(), 2100U);
}

TEST(ProviderReply, CarriesAFailure) {
  const std::string reply = text_of(format_provider_failure({ErrorCode::kOther, "no \"such\" key"}));
  EXPECT_EQ(reply, R"({"error":"no \"such\" key"})");
  EXPECT_EQ(result_of(ProviderOperation::kWrap, reply), std::nullopt);
  EXPECT_EQ(failure_of(reply)->code(), ErrorCode::kProvider);
  EXPECT_EQ(failure_of(reply)->message(), "no \"such\" key");
  EXPECT_FALSE(failure_of("{}"));
}

TEST(ProviderReply, CarriesWhatMendsAFailure) {
  const std::string reply = text_of(format_provider_failure({ErrorCode::kUsage, "no PIN", "write \"PIN\""}));
  EXPECT_EQ(reply, R"({"error":"no PIN","hint":"write \"PIN\"","cause":"usage"})");
  EXPECT_EQ(failure_of(reply)->message(), "no PIN");
  EXPECT_EQ(failure_of(reply)->hint(), "write \"PIN\"");
  EXPECT_LT(failure_of(R"({"error":"x","hint":")" + std::string(900'000, 'x') + "\"}")->hint().size(), 2100U);
  EXPECT_EQ(failure_of(R"({"error":"x","hint":3})")->hint(), "");
}

// Whoever is to blame: it must not depend on whether a key is in a file or held by a provider.
TEST(ProviderReply, SaysWhoIsToBlame) {
  for (const auto& [thrown, told] : {std::pair{ErrorCode::kNoKey, ErrorCode::kNoKey},
                                     {ErrorCode::kRefused, ErrorCode::kNoKey},
                                     {ErrorCode::kUsage, ErrorCode::kUsage},
                                     {ErrorCode::kNotFound, ErrorCode::kUsage},
                                     {ErrorCode::kIntegrity, ErrorCode::kIntegrity}}) {
    EXPECT_EQ(failure_of(text_of(format_provider_failure({thrown, "why"})))->code(), told);
  }
  for (const char* other : {R"({"error":"x","cause":"else"})", R"({"error":"x","cause":3})"})
    EXPECT_EQ(failure_of(other)->code(), ErrorCode::kProvider);
  EXPECT_FALSE(failure_of(R"({"cause":"no-key"})"));
}

TEST(ProviderReply, IsShownOnlyWhereItIsHarmless) {
  EXPECT_EQ(harmless_beginning("not json\n"), "not json");
  EXPECT_EQ(harmless_beginning("<html>502</html>"), "<html>502</html>");
  EXPECT_EQ(harmless_beginning("null"), "null");
  EXPECT_LE(harmless_beginning(std::string(100, 'a') + " b").size(), 60U);
  for (const char* secret : {R"({"keyunwrapresults":)", R"("YWJjZA==")", "[1,2,3]", "\x1b[31m", "",
                             "bm90IGEga2V5IGJ1dCBhcyBsb25nIGFzIG9uZSBpcw=="}) {
    EXPECT_EQ(harmless_beginning(secret), "") << secret;
  }
  EXPECT_EQ(harmless_beginning("the key is bm90IGEga2V5IGJ1dCBhcyBsb25nIGFzIG9uZSBpcw=="), "the key is");
}

}  // namespace
}  // namespace imgcrypt

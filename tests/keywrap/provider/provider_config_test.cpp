#include "keywrap/provider/provider_config.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

std::vector<ProviderEntry> parse_config(const std::string& text) {
  return parse_provider_config(text, "kp.json");
}

Program program_of(const ProviderEntry& entry) {
  return entry.program ? *entry.program : Program{"none", {}};
}

std::string providers(const std::string& members) { return R"({"key-providers":{)" + members + "}}"; }

std::string message_of(const std::string& text) {
  try {
    (void)parse_config(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << text;
    return error.message();
  }
  ADD_FAILURE() << "taken: " << text;
  return {};
}

TEST(ProviderConfig, NamesProgramsAndTheirArguments) {
  const auto entries = parse_config(providers(R"("demo":{"cmd":{"path":"/usr/bin/kp","args":["a","","b c"]}},
      "café \"x\"":{"cmd":{"path":"kp","args":null}}, "kept":{"cmd":{"path":"kp","serve-args":["--serve"]}},
      "kept-plain":{"cmd":{"path":"kp","serve-args":[]}})"));
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].name, "demo");
  EXPECT_EQ(program_of(entries[0]).path, "/usr/bin/kp");
  EXPECT_THAT(program_of(entries[0]).arguments, ElementsAre("a", "", "b c"));
  EXPECT_FALSE(entries[0].serve_arguments);
  EXPECT_EQ(entries[1].name, "café \"x\"");
  EXPECT_THAT(program_of(entries[1]).arguments, IsEmpty());
  EXPECT_THAT(entries[2].serve_arguments, Optional(ElementsAre("--serve")));
  EXPECT_THAT(entries[3].serve_arguments, Optional(IsEmpty()));
}

TEST(ProviderConfig, IgnoresWhatItDoesNotKnow) {
  const auto entries = parse_config(
      R"({"later":[1],"key-providers":{"demo":{"cmd":{"path":"kp","env":{}},"ttrpc":"unix:///s","native":"x"}}})");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(program_of(entries[0]).path, "kp");
}

TEST(ProviderConfig, MayBeEmpty) { EXPECT_THAT(parse_config(providers("")), IsEmpty()); }

TEST(ProviderConfig, PrefersTheProgramToTheAddress) {
  for (const char* members :
       {R"("cmd":{"path":"kp"},"grpc":"host:1")", R"("grpc":"host:1","cmd":{"path":"kp"})"}) {
    const auto entries = parse_config(providers(R"("demo":{)" + std::string(members) + "}"));
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries[0].program) << members;
  }
}

TEST(ProviderConfig, SaysWhyThereIsNoProgram) {
  const auto entries = parse_config(
      providers(R"("t":{"ttrpc":"unix:///s"},"e":{},"s":{"grpc-tls":{"root-ca-file":"ca.pem"}})"));
  ASSERT_EQ(entries.size(), 3U);
  for (const ProviderEntry& entry : entries) EXPECT_FALSE(entry.program) << entry.name;
  EXPECT_THAT(entries[0].unusable, HasSubstr("ttrpc, which is not supported"));
  EXPECT_THAT(entries[1].unusable, HasSubstr("\"cmd\""));
  EXPECT_THAT(entries[2].unusable, HasSubstr("\"cmd\""));
}

TEST(ProviderConfig, NamesServices) {
  const auto entries = parse_config(providers(R"("plain":{"grpc":"host:50051","ttrpc":"unix:///s"},
      "tls":{"grpc":"unix:/s","grpc-tls":{}},
      "all":{"grpc":"h:1","grpc-tls":{"root-ca-file":"ca","cert-file":"c","key-file":"k","server-name":"n",
             "insecure-skip-verify":true}},
      "none":{"grpc":"h:1","grpc-tls":{"root-ca-file":"","cert-file":null,"insecure-skip-verify":false}})"));
  ASSERT_EQ(entries.size(), 4U);
  for (const ProviderEntry& entry : entries) {
    EXPECT_TRUE(entry.is_grpc);
    EXPECT_EQ(program_of(entry).path, "keyprovider-grpc");
    EXPECT_THAT(entry.serve_arguments, Optional(ElementsAre("--serve")));
  }
  EXPECT_THAT(program_of(entries[0]).arguments, ElementsAre("--name=plain", "--address=host:50051"));
  EXPECT_THAT(program_of(entries[1]).arguments, ElementsAre("--name=tls", "--address=unix:/s", "--tls"));
  EXPECT_THAT(program_of(entries[2]).arguments,
              ElementsAre("--name=all", "--address=h:1", "--tls", "--tls-root-ca=ca", "--tls-cert=c",
                          "--tls-key=k", "--tls-server-name=n", "--tls-skip-verify"));
  EXPECT_THAT(program_of(entries[3]).arguments, ElementsAre("--name=none", "--address=h:1", "--tls"));
}

struct WrongType {
  std::string text;
  std::string complaint;
};

TEST(ProviderConfig, NamesFileAndLineOfAWrongType) {
  const auto provider = [](const std::string& value) {
    return "{\"key-providers\":{\n\"demo\":" + value + "}}";
  };
  const auto command = [&](const std::string& members) { return provider("{\"cmd\":\n{" + members + "}}"); };
  const WrongType cases[] = {
      {"[]", "line 1: the configuration must be an object"},
      {"null", "line 1: the configuration must be an object"},
      {"\n\n\"text\"", "line 3: the configuration must be an object"},
      {"{}", R"(line 1: the member "key-providers" is missing)"},
      {"{\"key-providers\":\n[]}", R"(line 2: "key-providers" must be an object)"},
      {"{\"key-providers\":\n\"none\"}", R"(line 2: "key-providers" must be an object)"},
      {provider("[]"), "line 2: key provider demo must be an object"},
      {provider("null"), "line 2: key provider demo must be an object"},
      {provider(R"("/usr/bin/kp")"), "line 2: key provider demo must be an object"},
      {provider("{\"cmd\":\n\"/usr/bin/kp\"}"), R"(line 3: key provider demo: "cmd" must be an object)"},
      {provider("{\"cmd\":\n[]}"), R"(line 3: key provider demo: "cmd" must be an object)"},
      {provider(R"({"path":"/usr/bin/kp"})"),
       R"(line 2: key provider demo: "path" and "args" belong inside)"},
      {provider("{\n\"grpc\":{}}"), R"(line 3: key provider demo: "grpc" must be a string)"},
      {command(""), R"(line 3: key provider demo: "cmd" has no "path")"},
      {command("\"path\":\n7"), R"(line 4: key provider demo: "path" must be a string)"},
      {command("\"path\":\n[\"kp\"]"), R"(line 4: key provider demo: "path" must be a string)"},
      {command(R"("path":"")"), R"(line 3: key provider demo: "path" is empty)"},
      {command("\"path\":\"kp\",\"args\":\n\"-x\""),
       R"(line 4: key provider demo: "args" must be an array of strings)"},
      {command("\"path\":\"kp\",\"args\":[\"a\",\n7]"),
       R"(line 4: key provider demo: "args" must be an array)"},
      {command(R"("path":"kp","args":[null])"),
       R"(line 3: key provider demo: "args" must be an array of strings)"},
      {command(R"("path":"kp","args":["a\u0000b"])"), R"(line 3: key provider demo: "args" has a NUL byte)"},
      {command(R"("path":"kp","serve-args":{})"),
       R"(key provider demo: "serve-args" must be an array of strings)"},
  };
  for (const WrongType& row : cases) EXPECT_THAT(message_of(row.text), HasSubstr(row.complaint)) << row.text;
}

TEST(ProviderConfig, NamesFileAndLineOfBrokenJson) {
  EXPECT_THAT(message_of("{\n\n\"key-providers\":nonsense}"),
              testing::AllOf(HasSubstr("kp.json: "), HasSubstr("line 3")));
  for (const std::string text : {"", " ", "{", "\xef\xbb\xbf{}", "{}{}", "{} x", "{'key-providers':{}}"})
    EXPECT_THAT(message_of(text), HasSubstr("kp.json: ")) << text;
  EXPECT_THAT(message_of(providers(R"("demo":{},"demo":{})")), HasSubstr("\"demo\" occurs twice"));
  EXPECT_THAT(message_of(std::string(100, '[') + std::string(100, ']')), HasSubstr("nested deeper"));
  std::string deep;
  for (int i = 0; i < 60'000; ++i) deep += "{\"a\":";
  EXPECT_THAT(message_of(deep + "1" + std::string(60'000, '}')), HasSubstr("nested deeper"));
  EXPECT_THAT(message_of("{\"x\": 1y, \"z\": " + deep + "1" + std::string(60'001, '}')),
              HasSubstr("malformed"));
}

// A path that a NUL byte ends early would be another program.
TEST(ProviderConfig, RefusesANulByteInThePath) {
  EXPECT_THAT(message_of(providers(R"("demo":{"cmd":{"path":"/bin/true\u0000x"}})")), HasSubstr("NUL byte"));
}

TEST(ProviderConfig, RefusesNamesThatMeanSomethingElse) {
  for (const std::string name : {"", "a:b", "a,b"})
    EXPECT_THAT(message_of(providers("\"" + name + "\":{}")), HasSubstr("line 1: a provider's name")) << name;
  for (const std::string name :
       {"privkeys", "privkeys-passwords", "x509s", "pubkeys", "gpg-privatekeys", "gpg-privatekeys-passwords",
        "gpg-recipients", "gpg-pubkeyringfile", "pkcs11-config", "pkcs11-pubkeys", "pkcs11-yamls"})
    EXPECT_THAT(message_of(providers("\"" + name + "\":{}")), HasSubstr(name + ": the name is reserved"));
}

}  // namespace
}  // namespace imgcrypt

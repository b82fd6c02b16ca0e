#include "keywrap/provider/key_providers.hpp"

#include "base/parallel.hpp"
#include "keywrap/provider/provider.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace imgcrypt {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kDemo = std::string(kProviderAnnotationPrefix) + "demo";

// A folder with a configuration and the shell scripts that it names.
class KeyProvidersTest : public testing::Test {
 protected:
  KeyProvidersTest() : folder_(testing::TempDir() + "key_providers_test." + std::to_string(::getpid())) {
    std::signal(SIGPIPE, SIG_IGN);
    std::filesystem::create_directories(folder_ + "/libexec");
    settings_.config = folder_ + "/kp.json";
    settings_.libexec = folder_ + "/libexec";
    settings_.limits.time = 10s;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string script(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    ::chmod(path.c_str(), 0700);
    return path;
  }

  // The provider `demo` is this script; `members` come after its path.
  void configure(const std::string& text, const std::string& members = {}) {
    const std::string path = script("demo", "echo >>" + folder_ + "/starts\n" + text);
    std::ofstream(settings_.config) << R"({"key-providers":{"demo":{"cmd":{"path":")" << path << "\""
                                    << members << "}}}}";
  }

  // A script that answers with so many bytes, all 'x'.
  static std::string reply(const std::string& results, const std::string& result, std::size_t size) {
    return "printf '%s' '{\"" + results + "\":{\"" + result + "\":\"'\nhead -c " + std::to_string(size) +
           " /dev/zero | tr '\\0' x | base64 -w0\nprintf '\"}}'";
  }

  std::shared_ptr<KeyProviders> open() { return std::make_shared<KeyProviders>(settings_); }
  ProviderUnwrapper unwrapper() { return {open(), {}}; }
  Attempts attempts_;
  ProviderWrapper wrapper() { return {open(), std::string(kProviderAnnotationPrefix) + "demo", "demo", {}}; }

  static std::string path_of(const ProviderEntry& entry) {
    return entry.program ? entry.program->path : "none";
  }

  // What `demo` unwraps a packet to, which it must.
  std::string unwrapped() {
    const auto options = unwrapper().unwrap(kDemo, to_bytes(as_bytes("p")), attempts_);
    return options ? std::string(as_text(options->expose())) : "nothing";
  }

  std::size_t starts() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(folder_ + "/starts", none);
    return none ? 0 : size;
  }

  template <typename Call>
  static Error failure(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it worked";
    return {ErrorCode::kOther, ""};
  }

  std::string folder_;
  ProviderSettings settings_;
};

TEST_F(KeyProvidersTest, AMissingConfigurationIsAnErrorWhereAskedFor) {
  const Error needed = failure([&] { (void)open()->entries(); });
  EXPECT_EQ(needed.code(), ErrorCode::kUsage);
  EXPECT_THAT(needed.message(),
              HasSubstr("OCICRYPT_KEYPROVIDER_CONFIG: " + settings_.config + ": No such file"));
  EXPECT_EQ(failure([&] { open()->require("demo"); }).code(), ErrorCode::kUsage);
}

TEST_F(KeyProvidersTest, AMissingConfigurationMayCountAsEmpty) {
  settings_.missing = MissingConfig::kCountsAsEmpty;
  EXPECT_THAT(open()->entries(), testing::IsEmpty());
  EXPECT_THAT(failure([&] { (void)unwrapper().unwrap(kDemo, to_bytes(as_bytes("p")), attempts_); }).message(),
              HasSubstr(settings_.config + " does not exist"));
}

TEST_F(KeyProvidersTest, ABrokenConfigurationIsAnErrorEitherWay) {
  std::ofstream(settings_.config) << "nonsense";
  for (const auto missing : {MissingConfig::kIsError, MissingConfig::kCountsAsEmpty}) {
    settings_.missing = missing;
    const Error error = failure([&] { (void)open()->entries(); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.message(), HasSubstr(settings_.config));
  }
}

TEST_F(KeyProvidersTest, ABrokenConfigurationDoesNotDisableOurOwn) {
  script("libexec/keyprovider-sodium", "echo >>" + folder_ + "/starts\necho '{}'");
  const std::string sodium = std::string(kProviderAnnotationPrefix) + "sodium";
  const Bytes packet = to_bytes(as_bytes("p"));
  const auto expect_ours_alone = [&](const std::string& problem) {
    const auto providers = open();
    EXPECT_NO_THROW(providers->require("sodium"));
    EXPECT_TRUE(providers->is_own("sodium"));
    EXPECT_THAT(providers->config_problem()->message(), HasSubstr(problem));
    EXPECT_THAT(failure([&] { providers->require("demo"); }).message(), HasSubstr(problem));
    // Whether it was configured is not known.
    const ProviderUnwrapper unnamed(providers, {});
    EXPECT_THAT(failure([&] { (void)unnamed.unwrap(sodium, packet, attempts_); }).message(),
                HasSubstr(problem));
  };
  expect_ours_alone("No such file");
  std::ofstream(settings_.config) << "nonsense";
  expect_ours_alone("malformed");
  EXPECT_EQ(starts(), 0U);
}

TEST_F(KeyProvidersTest, FindsOurOwnUnlessTheNameIsTaken) {
  settings_.config.clear();
  const std::string own = script("libexec/keyprovider-sodium", "exit 1");
  const auto found = open();
  ASSERT_EQ(found->entries().size(), 1U);
  EXPECT_EQ(found->entries()[0].name, "sodium");
  EXPECT_EQ(path_of(found->entries()[0]), own);
  EXPECT_TRUE(found->entries()[0].serve_arguments);

  settings_.config = folder_ + "/kp.json";
  std::ofstream(settings_.config) << R"({"key-providers":{"sodium":{"cmd":{"path":"/bin/false"}}}})";
  const auto taken = open();
  ASSERT_EQ(taken->entries().size(), 1U);
  EXPECT_EQ(path_of(taken->entries()[0]), "/bin/false");
  EXPECT_FALSE(taken->entries()[0].serve_arguments);
}

TEST_F(KeyProvidersTest, KeepsOurOwnOpenUnderAnotherName) {
  const std::string own = script("libexec/keyprovider-sodium", "exit 1");
  std::ofstream(settings_.config) << R"({"key-providers":{"team":{"cmd":{"path":")" + own + R"("}}}})";
  EXPECT_TRUE(open()->entries()[0].serve_arguments);
}

TEST_F(KeyProvidersTest, AsksServicesByAProgramOfOurs) {
  std::ofstream(settings_.config) << R"({"key-providers":{"demo":{"grpc":"host:1"}}})";
  const Error missing = failure([&] { open()->require("demo"); });
  EXPECT_EQ(missing.code(), ErrorCode::kProvider);
  EXPECT_THAT(missing.message(),
              HasSubstr("demo speaks gRPC, but keyprovider-grpc is not installed at " + settings_.libexec));

  script("libexec/keyprovider-grpc", "echo \"$@\" >" + folder_ + "/arguments; read -r line\n" +
                                         R"(echo '{"id":1,"keyunwrapresults":{"optsdata":"e30="}}')");
  EXPECT_EQ(unwrapped(), "{}");
  std::ifstream arguments(folder_ + "/arguments");
  std::string line;
  std::getline(arguments, line);
  EXPECT_EQ(line, "--name=demo --address=host:1 --serve --timeout=10000");
}

TEST_F(KeyProvidersTest, StartsNothingUntilItIsAsked) {
  configure("echo '{}'");
  const auto providers = open();
  (void)providers->entries();
  providers->require("demo");
  EXPECT_EQ(starts(), 0U);
}

// An image must not start a program that nobody has asked for.
TEST_F(KeyProvidersTest, StartsOneOfOursForAnImageOnlyWhenItWasNamed) {
  script("libexec/keyprovider-sodium", "echo >>" + folder_ + "/starts\necho '{}'");
  settings_.config.clear();
  const std::string sodium = std::string(kProviderAnnotationPrefix) + "sodium";
  const Bytes packet = to_bytes(as_bytes("p"));
  const ProviderUnwrapper unnamed(open(), {});
  EXPECT_THAT(failure([&] { (void)unnamed.unwrap(sodium, packet, attempts_); }).message(),
              HasSubstr("no key of key provider sodium was given (provider:sodium:FILE)"));
  EXPECT_EQ(starts(), 0U);
  const ProviderUnwrapper named(open(), {{"sodium", {{"key"}}}});
  (void)failure([&] { (void)named.unwrap(sodium, packet, attempts_); });
  EXPECT_EQ(starts(), 1U);
}

TEST_F(KeyProvidersTest, IsNotAskedAgainForAPacketThatFailed) {
  configure("exit 3");
  const ProviderUnwrapper demo = unwrapper();
  for (int i = 0; i < 3; ++i)
    (void)failure([&] { (void)demo.unwrap(kDemo, to_bytes(as_bytes("p")), attempts_); });
  EXPECT_EQ(starts(), 1U);
}

TEST_F(KeyProvidersTest, WaitsOnceForOneThatHangs) {
  configure("sleep 100");
  settings_.limits.time = 200ms;
  const ProviderUnwrapper demo = unwrapper();
  for (const char* packet : {"p", "q", "r"})
    (void)failure([&] { (void)demo.unwrap(kDemo, to_bytes(as_bytes(packet)), attempts_); });
  EXPECT_EQ(starts(), 1U);
}

TEST_F(KeyProvidersTest, BoundsTheNumberOfCalls) {
  configure("while read -r q; do echo \"$q\"; done", R"(,"serve-args":[])");
  const auto providers = open();
  const auto ask = [&] { (void)providers->exchange("demo", secret("{}")); };
  for (std::size_t i = 0; i < kMostProviderCalls; ++i) ask();
  EXPECT_EQ(failure(ask).code(), ErrorCode::kRefused);
  EXPECT_EQ(starts(), 1U);
}

TEST_F(KeyProvidersTest, StartsAKeptOneAgainAfterItDied) {
  configure(R"(read -r q && echo "$q")", R"(,"serve-args":[])");
  const auto providers = open();
  EXPECT_EQ(as_text(providers->exchange("demo", secret("{}")).expose()), R"({"id":1})");
  const Error died = failure([&] { (void)providers->exchange("demo", secret("{}")); });
  EXPECT_EQ(died.code(), ErrorCode::kProvider);
  EXPECT_THAT(died.message(),
              HasSubstr("key provider demo: " + folder_ + "/demo: it ended with exit status 0"));
  EXPECT_EQ(as_text(providers->exchange("demo", secret("{}")).expose()), R"({"id":3})");
  EXPECT_EQ(starts(), 2U);
}

// What comes after one answer must not be taken for the next one.
TEST_F(KeyProvidersTest, NeverGivesOneAnswerForAnotherRequest) {
  configure(R"(while read -r q; do echo "$q"; sleep 0.05; echo late; done)", R"(,"serve-args":[])");
  const auto providers = open();
  for (const std::string request : {"one", "two", "three"}) {
    try {
      const SecretBytes reply = providers->exchange("demo", secret(R"({"op":")" + request + R"("})"));
      EXPECT_THAT(std::string(as_text(reply.expose())), HasSubstr(request));
      ::usleep(200'000);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kProvider);
    }
  }
}

TEST_F(KeyProvidersTest, WaitsOnceForAKeptOneThatHangs) {
  configure("sleep 100", R"(,"serve-args":[])");
  settings_.limits.time = 300ms;
  const auto providers = open();
  const auto start = std::chrono::steady_clock::now();
  StopFlag stop;
  EXPECT_EQ(failure([&] {
              run_parallel(16, 16, stop,
                           [&](std::size_t) { (void)providers->exchange("demo", secret("1")); });
            }).code(),
            ErrorCode::kProvider);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
}

TEST_F(KeyProvidersTest, BoundsWhatItWraps) {
  configure(reply("keywrapresults", "annotation", kMostPacketBytes));
  EXPECT_EQ(wrapper().wrap(secret("o")).size(), kMostPacketBytes);
  configure(reply("keywrapresults", "annotation", kMostPacketBytes + 1));
  EXPECT_EQ(failure([&] { (void)wrapper().wrap(secret("o")); }).code(), ErrorCode::kProvider);
  configure(reply("keywrapresults", "annotation", 0));
  EXPECT_THAT(failure([&] { (void)wrapper().wrap(secret("o")); }).message(), HasSubstr("wrapped nothing"));
}

TEST_F(KeyProvidersTest, BoundsWhatItUnwraps) {
  configure(reply("keyunwrapresults", "optsdata", kMostPrivateOptionsBytes));
  EXPECT_EQ(unwrapped().size(), kMostPrivateOptionsBytes);
  configure(reply("keyunwrapresults", "optsdata", kMostPrivateOptionsBytes + 1));
  const Error error = failure([&] { (void)unwrapper().unwrap(kDemo, to_bytes(as_bytes("p")), attempts_); });
  EXPECT_EQ(error.code(), ErrorCode::kProvider);
  EXPECT_THAT(error.message(), HasSubstr("more than 16 KiB"));
}

TEST_F(KeyProvidersTest, AsksOnceForEqualPackets) {
  configure("sleep 0.2\n" + reply("keyunwrapresults", "optsdata", 5));
  const ProviderUnwrapper demo = unwrapper();
  StopFlag stop;
  run_parallel(8, 8, stop, [&](std::size_t i) {
    const Bytes packet = to_bytes(as_bytes(i % 2 == 0 ? "even" : "odd"));
    EXPECT_EQ(as_text(demo.unwrap(kDemo, packet, attempts_)->expose()), "xxxxx");
  });
  EXPECT_EQ(starts(), 2U);
}

TEST_F(KeyProvidersTest, TellsAReplyWithoutAKeyFromAFailure) {
  configure("echo '{}'");
  EXPECT_EQ(failure([&] { (void)unwrapper().unwrap(kDemo, {}, attempts_); }).code(), ErrorCode::kNoKey);
  configure("echo nonsense");
  EXPECT_EQ(failure([&] { (void)unwrapper().unwrap(kDemo, {}, attempts_); }).code(), ErrorCode::kProvider);
}

TEST_F(KeyProvidersTest, ReadsTheAnnotationsOfEveryProvider) {
  const ProviderUnwrapper any = unwrapper();
  EXPECT_TRUE(any.reads(kDemo));
  EXPECT_FALSE(any.reads("org.opencontainers.image.enc.keys.jwe"));
  EXPECT_FALSE(any.reads("org.opencontainers.image.enc.keys.providerless"));
}

}  // namespace
}  // namespace imgcrypt

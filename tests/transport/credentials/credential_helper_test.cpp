#include "transport/credentials/credential_helper.hpp"

#include "support/scratch_folder.hpp"
#include "transport/credentials/credential_lookup.hpp"
#include "transport/credentials/credential_store.hpp"

#include <imgcrypt/error.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace imgcrypt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CredentialHelperTest : public ::testing::Test {
 protected:
  CredentialHelperTest() {
    std::signal(SIGPIPE, SIG_IGN);
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    ::setenv("STATE", folder_.path().c_str(), 1);
  }
  ~CredentialHelperTest() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("STATE");
  }
  CredentialHelperTest(const CredentialHelperTest&) = delete;
  CredentialHelperTest& operator=(const CredentialHelperTest&) = delete;

  // A helper docker-credential-fake that is this shell script.
  void install(const std::string& script) const {
    const std::string path = folder_.write("docker-credential-fake", "#!/bin/sh\n" + script + "\n");
    ::chmod(path.c_str(), 0755);
  }
  // One that keeps what it is given in a file for each server.
  void install_keeper() const {
    install(R"SH(case $1 in
      store) doc=$(cat); s=$(printf %s "$doc" | sed 's/.*"ServerURL":"\([^"]*\)".*/\1/' | tr / _); printf %s "$doc" >"$STATE/kept-$s" ;;
      get) s=$(cat | tr / _); cat "$STATE/kept-$s" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
      erase) s=$(cat | tr / _); rm "$STATE/kept-$s" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
    esac)SH");
  }
  static std::string failure_of(const ProgramLimits& limits = {}) {
    try {
      (void)CredentialHelper("fake", limits).get("quay.io");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kOther);
      return error.message() + " " + error.hint();
    }
    return "no failure";
  }
  static Credentials user() {
    Credentials credentials;
    credentials.user = "user";
    credentials.password = SecretBytes::copy_of(as_bytes("pa55\"word\\\n"));
    return credentials;
  }
  [[nodiscard]] std::string content_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() / name).rdbuf();
    return text.str();
  }

  test::ScratchFolder folder_;
  std::string path_ = std::getenv("PATH");
};

TEST_F(CredentialHelperTest, GivesWhatItKeeps) {
  install(
      R"(read -r server; printf '{"ServerURL":"%s","Username":"u of %s %s","Secret":"p\\u003c\\"q"}' "$server" "$server" "$1")");
  const auto credentials = CredentialHelper("fake").get("quay.io");
  EXPECT_EQ(credentials->user, "u of quay.io get");
  EXPECT_EQ(as_text(credentials->password.expose()), "p<\"q");
  EXPECT_EQ(credentials->origin, "docker-credential-fake");
}

TEST_F(CredentialHelperTest, GivesIdentityTokens) {
  install(R"(echo '{"Username":"<token>","Secret":"t0ken"}')");
  const auto credentials = CredentialHelper("fake").get("quay.io");
  EXPECT_EQ(credentials->user, "");
  EXPECT_EQ(as_text(credentials->identity_token.expose()), "t0ken");
  EXPECT_EQ(credentials->password.size(), 0U);
}

TEST_F(CredentialHelperTest, HasNone) {
  install("echo 'credentials not found in native keychain'; exit 1");
  EXPECT_FALSE(CredentialHelper("fake").get("quay.io"));
  EXPECT_FALSE(CredentialHelper("fake").erase("quay.io"));
}

TEST_F(CredentialHelperTest, FailsWithoutSayingWhatItKeeps) {
  for (const char* script : {
           "echo pa55word; echo pa55word >&2; exit 3",
           "echo pa55word; echo pa55word >&2",
           R"(echo '{"Username":"u","Secret":["pa55word"]}')",
           R"(echo '{"Username":"u","Secret":"pa55word"} pa55word')",
           R"(echo '{"Username":"u","secret":"pa55word"}')",
           "echo pa55word >&2; kill -9 $$",
           R"(echo '{"Username":"pa55word)",
           "",
       }) {
    install(script);
    const std::string message = failure_of();
    EXPECT_THAT(message, HasSubstr("docker-credential-fake")) << script;
    EXPECT_THAT(message, Not(HasSubstr("pa55word"))) << script;
  }
}

TEST_F(CredentialHelperTest, IsNotWaitedForEndlessly) {
  install("echo pa55word >&2; while :; do sleep 1; done");
  const std::string message = failure_of({.time = std::chrono::milliseconds(300)});
  EXPECT_THAT(message, HasSubstr("no answer within 300 ms (get, for quay.io)"));
  EXPECT_THAT(message, HasSubstr("echo quay.io | docker-credential-fake get"));
  EXPECT_THAT(message, Not(HasSubstr("pa55word")));
  install("while :; do echo pa55word; done");
  EXPECT_THAT(failure_of(), HasSubstr("its answer is longer than"));
}

TEST_F(CredentialHelperTest, MustBeInstalled) {
  try {
    (void)CredentialHelper("surely-not-there").get("quay.io");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.message(), HasSubstr("docker-credential-surely-not-there"));
  }
}

TEST_F(CredentialHelperTest, HasANameAndNoPath) {
  for (const char* name : {"", "a/b", "../x", "a b", "a;b", "a\n"})
    EXPECT_THROW(CredentialHelper helper(name), Error);
  EXPECT_THROW(CredentialHelper helper(std::string(65, 'a')), Error);
}

TEST_F(CredentialHelperTest, KeepsWhatLoginStoresAndLogoutRemoves) {
  install_keeper();
  const std::string file = folder_.write("config.json", R"({"credsStore":"fake","auths":{}})");
  const CredentialStore store{.file = file};
  const CredentialPlaces places{.files = {{file}}};
  const RegistryKey hub = RegistryKey::parse("docker.io");
  EXPECT_EQ(store.put(hub, user()), "docker-credential-fake");
  EXPECT_THAT(content_of("config.json"), HasSubstr("\"https://index.docker.io/v1/\": {}"));
  EXPECT_THAT(content_of("config.json"), Not(HasSubstr("auth\"")));
  EXPECT_EQ(as_text(find_credentials(places, hub)->password.expose()), "pa55\"word\\\n");
  EXPECT_TRUE(store.remove(hub));
  EXPECT_FALSE(find_credentials(places, hub));
  EXPECT_FALSE(store.remove(hub));
  EXPECT_THROW((void)store.put(RegistryKey::parse("quay.io/path"), user()), Error);
}

TEST_F(CredentialHelperTest, KeepsOnlyTheRegistriesThatItIsNamedFor) {
  install_keeper();
  const std::string file = folder_.write("auth.json", R"({"credHelpers":{"quay.io":"fake"}})");
  const CredentialStore store{.file = file};
  EXPECT_EQ(store.put(RegistryKey::parse("quay.io"), user()), "docker-credential-fake");
  EXPECT_EQ(content_of("auth.json"), R"({"credHelpers":{"quay.io":"fake"}})");
  EXPECT_EQ(store.put(RegistryKey::parse("ghcr.io"), user()), file);
  EXPECT_TRUE(store.remove_all());
  EXPECT_FALSE(find_credentials({.files = {{file}}}, RegistryKey::parse("quay.io")));
  EXPECT_FALSE(find_credentials({.files = {{file}}}, RegistryKey::parse("ghcr.io")));
  EXPECT_FALSE(store.remove_all());
}

}  // namespace
}  // namespace imgcrypt

#include "transport/credentials/auth_file.hpp"

#include "support/scratch_folder.hpp"
#include "transport/credentials/auth_file_edit.hpp"
#include "transport/credentials/credential_lookup.hpp"

#include <imgcrypt/error.hpp>

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace imgcrypt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// user:pa55word and other:pa55word2
constexpr const char* kUser = "dXNlcjpwYTU1d29yZA==";
constexpr const char* kOther = "b3RoZXI6cGE1NXdvcmQy";

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string entry(const std::string& key, const std::string& auth) {
  return "\"" + key + R"(":{"auth":")" + auth + "\"}";
}

class AuthFileTest : public ::testing::Test {
 protected:
  // Who is found for a key, as USER:PASSWORD or TOKEN; "-" for nobody.
  std::string found(const std::string& text, const std::string& key,
                    AuthFileFormat format = AuthFileFormat::kConfig) const {
    const auto credentials =
        AuthFile::read(folder_.write("auth.json", text), format).find(RegistryKey::parse(key));
    if (!credentials) return "-";
    const std::string token(as_text(credentials->identity_token.expose()));
    return token + credentials->user + ":" + std::string(as_text(credentials->password.expose()));
  }
  std::string refused(const std::string& text) const {
    try {
      (void)found(text, "quay.io");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      return error.message() + " " + error.hint();
    }
    return "not refused";
  }
  // What is in the file after a login.
  std::string after_login(const std::string& text, const std::string& key = "quay.io/new") const {
    const std::string path = folder_.write("auth.json", text);
    Credentials credentials;
    credentials.user = "user";
    credentials.password = SecretBytes::copy_of(as_bytes("pa55word"));
    edit_auth_file(path, [&](const AuthFile& file) {
      return std::optional(with_entry(file, RegistryKey::parse(key), credentials));
    });
    return content_of(path);
  }
  std::string after_logout(const std::string& text, const std::string& key = "quay.io") const {
    const std::string path = folder_.write("auth.json", text);
    edit_auth_file(path,
                   [&](const AuthFile& file) { return without_entries(file, RegistryKey::parse(key)); });
    return content_of(path);
  }

  test::ScratchFolder folder_;
};

TEST_F(AuthFileTest, FindsTheLongestPath) {
  const std::string text =
      "{\"auths\":{" + entry("quay.io", kUser) + "," + entry("quay.io/a/b", kOther) + "}}";
  EXPECT_EQ(found(text, "quay.io/a/b/c"), "other:pa55word2");
  EXPECT_EQ(found(text, "quay.io/a/b"), "other:pa55word2");
  EXPECT_EQ(found(text, "quay.io/a/bc"), "user:pa55word");
  EXPECT_EQ(found(text, "quay.io"), "user:pa55word");
  EXPECT_EQ(found(text, "quay.io:443"), "-");
  EXPECT_EQ(found(text, "docker.io"), "-");
}

TEST_F(AuthFileTest, ReadsTheSpellingsOfDocker) {
  for (const char* key :
       {"https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"})
    EXPECT_EQ(found("{\"auths\":{" + entry(key, kUser) + "}}", "docker.io/library/busybox"), "user:pa55word");
  EXPECT_EQ(found("{\"auths\":{" + entry("http://127.0.0.1:5000/v2/", kUser) + "}}", "127.0.0.1:5000/a"),
            "user:pa55word");
  const std::string both =
      "{\"auths\":{" + entry("https://index.docker.io/v1/", kOther) + "," + entry("docker.io", kUser) + "}}";
  EXPECT_EQ(found(both, "docker.io/a"), "user:pa55word");
  EXPECT_EQ(found("{" + entry("quay.io/v1/", kUser) + "}", "quay.io/a", AuthFileFormat::kOld),
            "user:pa55word");
}

TEST_F(AuthFileTest, ReadsTokensAndPlainPasswords) {
  EXPECT_EQ(found(R"({"auths":{"quay.io":{"identitytoken":"T\u0041\ud83d\ude00"}}})", "quay.io"),
            "TA\xf0\x9f\x98\x80:");
  EXPECT_EQ(found(R"({"auths":{"quay.io":{"username":"u","password":"a\"\u003cb"}}})", "quay.io"), "u:a\"<b");
  EXPECT_EQ(found(R"({"auths":{"quay.io":{"auth":"dTpwOnE\u003d"}}})", "quay.io"), "u:p:q");
  // Docker's padding
  EXPECT_EQ(found(R"({"auths":{"quay.io":{"auth":"dTpwAA=="}}})", "quay.io"), "u:p");
}

TEST_F(AuthFileTest, PassesOverEntriesWithoutCredentials) {
  EXPECT_EQ(found(R"({"auths":{"quay.io/a":{},"quay.io":{"auth":"dTpw"}}})", "quay.io/a"), "u:p");
  EXPECT_EQ(found(R"({"auths":{"quay.io":{"auth":""}}})", "quay.io"), "-");
  EXPECT_EQ(found(R"({"auths":{"quay.io":null}})", "quay.io"), "-");
  for (const char* text : {"", " \n", "{}", R"({"auths":null})", R"({"auths":{}})"})
    EXPECT_EQ(found(text, "quay.io"), "-");
}

TEST_F(AuthFileTest, RefusesBrokenFilesWithoutQuotingThem) {
  for (const char* text :
       {R"({"auths":{"quay.io":{"auth":"pa55word"}}})", R"({"auths":{"quay.io":{"auth":"cGE1NXdvcmQ="}}})",
        R"({"auths":{"quay.io":{"auth":["pa55word"]}}})", R"({"auths":{"quay.io":"pa55word"}})",
        R"({"auths":{"quay.io":{"username":"u","password":"pa55word\ud800"}}})", R"({"auths":["pa55word"]})",
        R"({"auths":{"quay.io":{"auth":"pa55word","auth":"pa55word"}}})", R"(["pa55word"])", "pa55word",
        R"({"auths":{"quay.io":{"auth":"pa55word)"}) {
    const std::string message = refused(text);
    EXPECT_THAT(message, HasSubstr("auth.json"));
    EXPECT_THAT(message, Not(HasSubstr("pa55word"))) << text;
    EXPECT_THAT(message, Not(HasSubstr("cGE1"))) << text;
  }
}

TEST_F(AuthFileTest, FindsTheHelpersOfARegistry) {
  const auto file = AuthFile::read(folder_.write(
      "auth.json",
      R"({"credHelpers":{"quay.io":"pass","https://index.docker.io/v1/":"hub"},"credsStore":"all"})"));
  EXPECT_EQ(file.helper_of("quay.io")->name, "pass");
  EXPECT_EQ(file.helper_of("docker.io")->name, "hub");
  EXPECT_EQ(file.helper_of("docker.io")->servers.front(), "https://index.docker.io/v1/");
  EXPECT_FALSE(file.helper_of("ghcr.io"));
  EXPECT_EQ(file.default_helper("ghcr.io")->name, "all");
  EXPECT_THAT(file.default_helper("docker.io")->servers,
              ::testing::ElementsAre("https://index.docker.io/v1/", "docker.io"));
}

TEST_F(AuthFileTest, AddsEntriesInTheStyleOfTheFile) {
  const std::string as_skopeo_writes_it =
      "{\n\t\"auths\": {\n\t\t\"quay.io/new\": {\n\t\t\t\"auth\": \"dXNlcjpwYTU1d29yZA==\"\n\t\t}\n\t}\n}";
  EXPECT_EQ(after_login(""), as_skopeo_writes_it);
  EXPECT_EQ(after_login("{}"), as_skopeo_writes_it);
  EXPECT_EQ(after_login("{\n\t\"auths\": {}\n}"), as_skopeo_writes_it);
  EXPECT_EQ(after_login(R"({"auths":null})"),
            "{\"auths\":{\n\t\t\"quay.io/new\": {\n\t\t\t\"auth\": \"dXNlcjpwYTU1d29yZA==\"\n\t\t}\n\t}}");
  EXPECT_EQ(
      after_login(R"({"auths":{"a.io":{"auth":"dTpw","email":"e"}},"x":[1e3]})"),
      R"({"auths":{"a.io":{"auth":"dTpw","email":"e"},"quay.io/new":{"auth":"dXNlcjpwYTU1d29yZA=="}},"x":[1e3]})");
  EXPECT_EQ(after_login("{\n  \"x\": 1,\n  \"auths\": {\n    \"a.io\": {}\n  }\n}\n"),
            "{\n  \"x\": 1,\n  \"auths\": {\n    \"a.io\": {},\n    \"quay.io/new\": {\n    \t\"auth\": "
            "\"dXNlcjpwYTU1d29yZA==\"\n    }\n  }\n}\n");
  EXPECT_EQ(after_login(R"({"auths":{"quay.io/new":{"identitytoken":"t"},"b.io":{}}})"),
            R"({"auths":{"quay.io/new":{"auth":"dXNlcjpwYTU1d29yZA=="},"b.io":{}}})");
  EXPECT_THAT(after_login(R"({"detachKeys":"ctrl-p"})"), HasSubstr(R"({"detachKeys":"ctrl-p","auths":{)"));
}

TEST_F(AuthFileTest, RemovesEveryEntryOfAKeyAndNothingElse) {
  EXPECT_EQ(after_logout(R"({"auths":{"quay.io":{"auth":"dTpw"}},"x":1})"), R"({"auths":{},"x":1})");
  EXPECT_EQ(after_logout(R"({"auths":{"a.io":{}, "quay.io":{}, "quay.io/a":{}}})"),
            R"({"auths":{"a.io":{}, "quay.io/a":{}}})");
  EXPECT_EQ(after_logout(R"({"auths":{ "quay.io":{}, "a.io":{} }})"), R"({"auths":{ "a.io":{} }})");
  EXPECT_EQ(after_logout(R"({"auths":{"https://quay.io/v1/":{},"a.io":{},"quay.io":{}}})"),
            R"({"auths":{"a.io":{}}})");
  EXPECT_EQ(after_logout(R"({"auths":{"a.io":{}}})"), R"({"auths":{"a.io":{}}})");
}

TEST_F(AuthFileTest, ReplacesTheFileByAPrivateOne) {
  const std::string path = folder_.path() / "new/folder/auth.json";
  edit_auth_file(path, [](const AuthFile& file) { return std::optional(with_empty_entry(file, "a.io")); });
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat((folder_.path() / "new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  // A link to it, as people have in folders of settings, stays one; a mode that was too open does not.
  const std::string link = folder_.path() / "link.json";
  std::filesystem::create_symlink(path, link);
  ::chmod(path.c_str(), 0644);
  edit_auth_file(link, [](const AuthFile& file) { return std::optional(with_empty_entry(file, "b.io")); });
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_THAT(content_of(path), HasSubstr("b.io"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path() / "new/folder"), {}), 1);
}

TEST_F(AuthFileTest, LeavesTheOldFileWhenAnEditFails) {
  const std::string path = folder_.write("auth.json", "{}");
  EXPECT_THROW(
      edit_auth_file(
          path, [](const AuthFile&) -> std::optional<SecretBytes> { throw Error(ErrorCode::kOther, "no"); }),
      Error);
  EXPECT_EQ(content_of(path), "{}");
  const std::string broken = folder_.write("broken.json", "{");
  EXPECT_THROW(edit_auth_file(broken, [](const AuthFile& file) { return without_all_entries(file); }), Error);
  EXPECT_EQ(content_of(broken), "{");
}

TEST_F(AuthFileTest, LosesNoneOfManyLoginsAtOnce) {
  const std::string path = folder_.path() / "auth.json";
  std::vector<std::jthread> logins;
  for (int i = 0; i < 16; ++i) {
    logins.emplace_back([&path, i] {
      edit_auth_file(path, [i](const AuthFile& file) {
        return std::optional(with_empty_entry(file, "r" + std::to_string(i) + ".io"));
      });
    });
  }
  logins.clear();
  EXPECT_EQ(AuthFile::read(path).entries()->members().size(), 16U);
}

TEST(RegistryKey, IsAHostOrAPath) {
  EXPECT_EQ(RegistryKey::parse("quay.io:8443/a/b"), (RegistryKey{"quay.io:8443", "a/b"}));
  EXPECT_EQ(RegistryKey::parse("https://index.docker.io/v1/").string(), "docker.io");
  EXPECT_EQ(RegistryKey::parse("docker.io/me").string(), "docker.io/me");
  EXPECT_EQ(RegistryKey::parse("[::1]:5000").string(), "[::1]:5000");
  for (const char* text : {"", "/", "quay.io/", "quay.io/a:1", "quay.io/A", "quay.io//a",
                           "quay.io/a@sha256:0", "quay io", "-x", "https://", "quay.io/../a", "quay.io:x"})
    EXPECT_THROW(RegistryKey::parse(text), Error) << text;
}

TEST_F(AuthFileTest, IsAskedInTheOrderOfThePlaces) {
  const std::string first = folder_.write("first.json", "{\"auths\":{" + entry("a.io", kUser) + "}}");
  const std::string second = folder_.write(
      "second.json", "{\"auths\":{" + entry("a.io/x", kOther) + "," + entry("b.io", kOther) + "}}");
  std::vector<std::string> warnings;
  CredentialPlaces places{.files = {{first}, {folder_.path() / "missing.json"}, {second}},
                          .warn = [&](const std::string& text) { warnings.push_back(text); }};
  ::chmod(first.c_str(), 0600);
  ::chmod(second.c_str(), 0644);
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(find_credentials(places, RegistryKey::parse("a.io/x"))->user, "user");
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(find_credentials(places, RegistryKey::parse("b.io/x"))->origin, second);
  EXPECT_THAT(warnings,
              ::testing::ElementsAre(HasSubstr("others can read it (mode 0644): chmod 600 " + second)));
  EXPECT_FALSE(find_credentials(places, RegistryKey::parse("c.io")));
  places.files.front() = {folder_.path() / "named.json", AuthFileFormat::kConfig, IfAbsent::kFail};
  EXPECT_THROW((void)find_credentials(places, RegistryKey::parse("b.io")), Error);
}

}  // namespace
}  // namespace imgcrypt

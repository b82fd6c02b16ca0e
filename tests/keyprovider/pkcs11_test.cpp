#include "keyprovider/pkcs11/module_rules.hpp"
#include "keyprovider/pkcs11/public_attributes.hpp"
#include "keyprovider/pkcs11/recipients.hpp"
#include "keyprovider/pkcs11/token.hpp"
#include "keyprovider/pkcs11/token_key.hpp"
#include "keyprovider/pkcs11/yaml_scalars.hpp"
#include "keys/key_file.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

TEST(YamlScalars, HaveThePathOfTheirKeys) {
  const auto scalars = read_yaml("a: 1\nb:\n  c: [x, y]\n  d: {e: z, f: ~}\n---\ng: 2\n");
  std::string list;
  for (const YamlScalar& scalar : scalars) list += scalar.path + "=" + scalar.value + " ";
  EXPECT_EQ(list, "a=1 b/c=x b/c=y b/d/e=z b/d/f= ");
  EXPECT_EQ(value_at(scalars, "b/d/e"), "z");
  EXPECT_EQ(value_at(scalars, "b"), "");
  EXPECT_EQ(error_of([&] { (void)value_at(scalars, "b/c"); }), ErrorCode::kUsage);
  EXPECT_EQ(value_at(read_yaml(R"({"pkcs11":{"uri":"u"}})"), "pkcs11/uri"), "u");
  EXPECT_TRUE(read_yaml("").empty());
}

TEST(YamlScalars, CostNoMoreThanTheirSize) {
  const auto error_with = [](const std::string& text) { return error_of([&] { (void)read_yaml(text); }); };
  EXPECT_EQ(error_with("a: &a [x]\nb: *a\n"), ErrorCode::kRefused);
  EXPECT_EQ(error_with("a: &a [*a]\n"), ErrorCode::kRefused);
  EXPECT_EQ(error_with(std::string(16, '[') + std::string(16, ']')), std::nullopt);
  EXPECT_EQ(error_with(std::string(17, '[') + std::string(17, ']')), ErrorCode::kRefused);
  EXPECT_NE(error_with(std::string(60'000, '[')), std::nullopt);
  EXPECT_EQ(error_with(std::string(kMostYamlBytes + 1, ' ')), ErrorCode::kRefused);
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "- x\n";
  EXPECT_EQ(error_with(many), ErrorCode::kRefused);
}

TEST(YamlScalars, AreNotQuotedInErrors) {
  const Error error = failure([] { (void)read_yaml("a: 1\nb: [secret\n"); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("is not YAML"));
  EXPECT_THAT(error.message(), Not(HasSubstr("secret")));
}

std::string file_with(const std::string& uri) { return "pkcs11:\n  uri: " + uri + "\n"; }

std::string message_for(const std::string& yaml) {
  return failure([&] { (void)parse_token_key(as_bytes(yaml), "FILE"); }).message();
}

// As others write it; their file is a template.
std::string yaml_of_others() {
  std::string yaml = read_vector("keys/p11.yaml.in");
  return yaml.replace(yaml.find("@DIR@"), 5, "/dir");
}

TEST(TokenKey, IsReadFromYaml) {
  const TokenKey key = parse_token_key(as_bytes(yaml_of_others()), "FILE");
  EXPECT_EQ(key.name, "FILE (pkcs11:token=octest;object=mykey;id=%A1%B2%C3)");
  EXPECT_EQ(key.uri.token_name(), "octest");
  EXPECT_EQ(key.uri.module_name(), "softhsm2");
  EXPECT_EQ(as_text(key.uri.pin()->expose()), "1234");
  EXPECT_EQ(key.environment, (Environment{{"SOFTHSM2_CONF", "/dir/softhsm2.conf"}}));
  EXPECT_EQ(parse_token_key(as_bytes(file_with("pkcs11:slot-id=3;object=a")), "F").uri.token_name(),
            "slot-id 3");
  EXPECT_EQ(Uri("token=a;serial=0;object=b").token_name(), "a of serial number 0");
  EXPECT_EQ(Uri("serial=0;object=b").token_name(), "of serial number 0");
}

TEST(TokenKey, IsRefusedIfProgramsCouldReadItDifferently) {
  EXPECT_THAT(message_for(file_with("pkcs11:token=a;token=b;object=c")), HasSubstr("token twice"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=a;object=c?pin-value=1&pin-value=2")),
              HasSubstr("two PINs"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=a;object=c?pin-value=1&pin-source=/x")),
              HasSubstr("both pin-value"));
  for (const char* slot : {"slot-id=;token=a;object=c", "object=c;slot-id=", "object=c;slot-id=one"})
    EXPECT_THAT(message_for(file_with("pkcs11:" + std::string(slot))),
                HasSubstr("slot-id in the URI has no number"));
  EXPECT_THAT(message_for(file_with("pkcs11:object=c")), HasSubstr("names no token"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=a")), HasSubstr("names no key"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=%zz;object=c")), HasSubstr("not a PKCS#11 URI"));
  EXPECT_THAT(message_for(file_with("http://a")), HasSubstr("no pkcs11/uri"));
  EXPECT_THAT(message_for("other: 1\n"), HasSubstr("no pkcs11/uri"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=a;object=b") + file_with("pkcs11:token=a;object=b")),
              HasSubstr("occurs twice"));
  EXPECT_THAT(message_for(file_with("pkcs11:token=a;object=b") + "module: {env: {\"A=B\": c}}\n"),
              HasSubstr("no variable"));
}

// None of what a key file may hold is shown.
TEST(TokenKey, IsNeverShownWithItsPin) {
  for (const char* uri :
       {"pkcs11:token=a?pin-value=s3cret", "pkcs11:token=a;object=b?pin-value=s3cret&pin-source=/x",
        "pkcs11:object=b?pin-value=s3cret&pin-value=s3cret", "pkcs11:token=%zz?pin-value=s3cret",
        "[pkcs11:token=a?pin-value=s3cret"})
    EXPECT_THAT(message_for(file_with(uri)), Not(HasSubstr("s3cret")));
}

TEST(TokenKey, TakesPinsFromFilesWithoutTheirLineEnd) {
  const ScratchFolder folder;
  const std::string file = folder.write("pin", "12 34\n");
  for (const std::string& source : {file, "file:" + file, "file://" + file})
    EXPECT_EQ(as_text(Uri("token=a;object=b?pin-source=" + source).pin()->expose()), "12 34");
  EXPECT_EQ(error_of([] { (void)Uri("token=a;object=b?pin-source=relative").pin(); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([] { (void)Uri("token=a;object=b?pin-source=/absent").pin(); }), ErrorCode::kUsage);
  EXPECT_FALSE(Uri("token=a;object=b").pin());
}

// What is found in a folder with these files and allowed by these rules, without the folder.
class Modules {
 public:
  explicit Modules(const std::vector<std::string>& files) {
    for (const std::string& file : files) folder_.write(file, "x");
  }
  [[nodiscard]] std::string directory() const { return folder_.path().string() + "/"; }
  [[nodiscard]] std::string found(const std::string& query, const std::vector<std::string>& allowed) const {
    ModuleRules rules{{directory()}, {}, "RULES"};
    for (const std::string& entry : allowed) rules.allowed.push_back(directory() + entry);
    try {
      return find_module(Uri("token=a;object=b?" + query), rules).substr(directory().size());
    } catch (const Error& error) {
      return error.message() + "; " + error.hint();
    }
  }

 private:
  ScratchFolder folder_;
};

TEST(ModuleRules, FindModulesByTheirNames) {
  const Modules modules({"a.txt", "libsofthsm2.so", "libother.so.1", "sub/libdeep.so"});
  EXPECT_EQ(modules.found("module-name=softhsm2", {""}), "libsofthsm2.so");
  EXPECT_EQ(modules.found("module-name=SoftHSM2", {""}), "libsofthsm2.so");
  EXPECT_EQ(modules.found("module-name=libother", {""}), "libother.so.1");
  EXPECT_EQ(modules.found("module-path=" + modules.directory() + "libother.so.1", {""}), "libother.so.1");
  EXPECT_EQ(modules.found("module-name=deep&module-path=" + modules.directory() + "sub", {"sub/"}),
            "sub/libdeep.so");
  EXPECT_THAT(modules.found("module-name=softhsm", {""}), HasSubstr("no PKCS#11 module is called softhsm"));
  EXPECT_THAT(modules.found("module-name=deep", {""}), HasSubstr("no PKCS#11 module"));
  EXPECT_THAT(modules.found("", {""}), HasSubstr("does not say which module"));
  EXPECT_THAT(modules.found("module-path=relative.so", {""}), HasSubstr("not an absolute path"));
  EXPECT_THAT(modules.found("module-path=" + modules.directory() + "absent.so", {""}),
              HasSubstr("is not there"));
}

TEST(ModuleRules, AllowByTheTextOfThePath) {
  const Modules modules({"libsofthsm2.so", "sub/libdeep.so"});
  const std::string query = "module-name=softhsm2";
  EXPECT_EQ(modules.found(query, {"libsofthsm2.so"}), "libsofthsm2.so");
  for (const std::vector<std::string>& allowed :
       {std::vector<std::string>{}, {"libsofthsm2"}, {"sub/"}, {"libsofthsm2.so/"}}) {
    EXPECT_THAT(
        modules.found(query, allowed),
        HasSubstr("is not allowed; add to RULES, under \"pkcs11:\", the line \"  allowed-module-paths: [ " +
                  modules.directory() + "libsofthsm2.so ]\""));
  }
  const std::string deep = "module-path=" + modules.directory();
  EXPECT_THAT(modules.found(deep + "sub/libdeep.so", {""}), HasSubstr("is not allowed"));
  EXPECT_THAT(modules.found(deep + "sub/../libsofthsm2.so", {""}), HasSubstr("is not allowed"));
}

TEST(ModuleRules, AreReadFromYaml) {
  const ModuleRules rules = parse_module_rules(
      "pkcs11:\n  module-directories: [ /a/ ]\n  allowed-module-paths:\n  - /a/b.so\n  - /c/\nother: 1\n",
      "F");
  EXPECT_EQ(rules.directories, std::vector<std::string>{"/a/"});
  EXPECT_EQ(rules.allowed, (std::vector<std::string>{"/a/b.so", "/c/"}));
  EXPECT_TRUE(parse_module_rules("pkcs11:\n  allowed-module-paths: []\n", "F").allowed.empty());
  EXPECT_THAT(failure([] { (void)parse_module_rules("[", "F"); }).message(), HasSubstr("F: line 1"));
}

// ocicrypt refuses such a configuration as a whole.
TEST(ModuleRules, AreLists) {
  for (const char* name : {"allowed-module-paths", "module-directories"}) {
    const Error error =
        failure([&] { (void)parse_module_rules("pkcs11:\n  " + std::string(name) + ": /a/b.so\n", "F"); });
    EXPECT_EQ(error.message(), "F: " + std::string(name) + " is not a list");
    EXPECT_EQ(error.hint(), "write " + std::string(name) + ": [ /a/b.so ]");
  }
}

TEST(ModuleRules, NeedDirectoriesForNames) {
  const Error error =
      failure([] { (void)find_module(Uri("token=a;object=b?module-name=softhsm2"), ModuleRules{}); });
  EXPECT_THAT(error.message(), HasSubstr("no directory is configured"));
  EXPECT_THAT(error.hint(), HasSubstr("module-directories: [ /DIRECTORY ]"));
}

// A module whose one key takes the PIN with each use, also where an operation has one step only. PKCS #11 has
// no argument for what belongs to a caller, so there is one at a time.
class CarefulModule {
 public:
  CarefulModule() {
    functions_.C_OpenSession = [](CK_SLOT_ID, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE*) -> CK_RV {
      return CKR_OK;
    };
    functions_.C_CloseSession = functions_.C_Logout = [](CK_SESSION_HANDLE) -> CK_RV { return CKR_OK; };
    functions_.C_GetTokenInfo = [](CK_SLOT_ID, CK_TOKEN_INFO*) -> CK_RV { return CKR_OK; };
    functions_.C_Login = [](CK_SESSION_HANDLE, CK_USER_TYPE user, CK_UTF8CHAR*, CK_ULONG) -> CK_RV {
      is_confirmed = user == CKU_CONTEXT_SPECIFIC;
      return CKR_OK;
    };
    functions_.C_DeriveKey = [](CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_ATTRIBUTE*, CK_ULONG,
                                CK_OBJECT_HANDLE*) -> CK_RV {
      return is_confirmed ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
    };
    functions_.C_GetAttributeValue = [](CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_ATTRIBUTE* wanted,
                                        CK_ULONG) -> CK_RV {
      if (wanted->type == CKA_ALWAYS_AUTHENTICATE) wanted->ulValueLen = 1;
      std::ranges::fill(std::span(static_cast<CK_BYTE*>(wanted->pValue), wanted->ulValueLen), CK_TRUE);
      return CKR_OK;
    };
    functions_.C_DestroyObject = [](CK_SESSION_HANDLE, CK_OBJECT_HANDLE) -> CK_RV { return CKR_OK; };
    is_confirmed = false;
  }

  [[nodiscard]] CK_FUNCTION_LIST* functions() { return &functions_; }

 private:
  static inline bool is_confirmed;
  CK_FUNCTION_LIST functions_{};
};

TEST(Token, ConfirmsAnAgreementThatTakesThePin) {
  CarefulModule module;
  Login login;
  const SecretBytes pin = secret("1234");
  Token token(module.functions(), 0, "careful", login);
  token.log_in(&pin);
  const PublicKey peer = parse_public_key(as_bytes(read_vector("keys/p256.pub.pem")));
  EXPECT_EQ(token.agree(1, peer.point()).size(), 32U);
}

TEST(Recipients, HoldWhatOaepLeavesRoomFor) {
  const PublicKey key = parse_public_key(as_bytes(read_vector("keys/rsa.pub.pem")));
  check_fits(key, "K", 214, OaepHash::kSha1);
  check_fits(key, "K", 190, OaepHash::kSha256);
  check_fits(parse_public_key(as_bytes(read_vector("keys/rsa3072.pub.pem"))), "K", 193, OaepHash::kSha256);
  const Error with_cure = failure([&] { check_fits(key, "K", 193, OaepHash::kSha256); });
  EXPECT_THAT(with_cure.message(), HasSubstr("a 2048-bit RSA key holds 190 bytes"));
  EXPECT_THAT(with_cure.hint(), HasSubstr("OCICRYPT_OAEP_HASHALG=sha1"));
  EXPECT_THAT(failure([&] { check_fits(key, "K", 215, OaepHash::kSha1); }).hint(),
              Not(HasSubstr("OCICRYPT")));
}

// A point alone is 4 and its coordinates: the beginning of DER's OCTET STRING of 4 bytes too, but for its
// length.
TEST(PublicAttributes, HavePointsWithAndWithoutDer) {
  const PublicKey key = parse_public_key(as_bytes(read_vector("keys/p256.pub.pem")));
  const Bytes curve = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  Bytes point = {4};
  const EcPoint coordinates = key.point();
  point.insert(point.end(), coordinates.x.begin(), coordinates.x.end());
  point.insert(point.end(), coordinates.y.begin(), coordinates.y.end());
  Bytes wrapped = {4, static_cast<std::uint8_t>(point.size())};
  wrapped.insert(wrapped.end(), point.begin(), point.end());
  EXPECT_TRUE(ec_key_of(curve, point)->same_as(key));
  EXPECT_TRUE(ec_key_of(curve, wrapped)->same_as(key));
  for (const Bytes& bad : {Bytes{}, Bytes{4}, Bytes(65), Bytes(point.begin(), point.end() - 1)})
    EXPECT_FALSE(ec_key_of(curve, bad));
  EXPECT_FALSE(ec_key_of({0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a}, point));  // secp256k1
  EXPECT_FALSE(ec_key_of({}, {}));
  EXPECT_FALSE(rsa_key_of({}, Bytes{3}));
}

// 2 000 key files and configurations, each one of others changed in a few places: all are read or refused.
TEST(TokenKey, SurvivesHostileFiles) {
  std::mt19937 random(1);  // NOLINT: the same files in each run
  const std::string seed = yaml_of_others() + "allowed-module-paths: [ /a, \"b\", 'c' ]\nmore: |\n  y\n";
  const std::string bytes = "&*!|>'\"%@`{}[],#?:-\n\t\\\x01\xff pkcs11:0";
  std::size_t read = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = seed;
    for (std::size_t changes = random() % 5; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const std::string some(random() % 4 == 0 ? 50 : 1, bytes[random() % bytes.size()]);
      text.replace(at, random() % 3, some);
    }
    const auto code = error_of([&] {
      (void)parse_token_key(as_bytes(text), "FILE");
      ++read;
    });
    EXPECT_TRUE(!code || *code == ErrorCode::kUsage || *code == ErrorCode::kRefused) << text;
    (void)error_of([&] { (void)parse_module_rules(text, "FILE"); });
  }
  EXPECT_GT(read, 200U);
  EXPECT_LT(read, 1500U);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::pkcs11

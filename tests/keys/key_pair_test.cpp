// How keys are made, written and shown.
#include "keys/key_file.hpp"
#include "keys/key_pair_files.hpp"
#include "keys/list_key_file.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace imgcrypt {
namespace {

using namespace test;
using testing::HasSubstr;

namespace fs = std::filesystem;

PrivateKey key_of_vector(const std::string& name) {
  return parse_private_key(as_bytes(read_vector(name)), nullptr);
}

std::vector<KeyItem> list(const std::string& name, const char* passphrase = nullptr) {
  const SecretBytes given = secret(std::string_view(passphrase == nullptr ? "" : passphrase));
  return list_key_file(as_bytes(read_vector(name)), passphrase == nullptr ? nullptr : &given);
}

TEST(PrivateKey, ComesBackFromItsPem) {
  const SecretBytes passphrase = secret("two words");
  const SecretBytes wrong = secret("other words");
  for (const char* name : {"keys/rsa.pem", "keys/p256.pem", "keys/p384.pem", "keys/p521.pem"}) {
    SCOPED_TRACE(name);
    const PrivateKey key = key_of_vector(name);
    const SecretBytes plain = key.to_pem(nullptr);
    EXPECT_THAT(std::string(as_text(plain.expose())), testing::StartsWith("-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_TRUE(parse_private_key(plain.expose(), nullptr).public_key().same_as(key.public_key()));
    const SecretBytes locked = key.to_pem(&passphrase);
    EXPECT_TRUE(parse_private_key(locked.expose(), &passphrase).public_key().same_as(key.public_key()));
    EXPECT_THAT(failure([&] { (void)parse_private_key(locked.expose(), nullptr); }).message(),
                HasSubstr("missing"));
    EXPECT_THAT(failure([&] { (void)parse_private_key(locked.expose(), &wrong); }).message(),
                HasSubstr("wrong"));
    EXPECT_TRUE(parse_public_key(as_bytes(key.public_key().to_pem())).same_as(key.public_key()));
  }
}

TEST(PrivateKey, IsMadeInTheSizeThatWasAskedFor) {
  const PrivateKey key = PrivateKey::generate_rsa(2048);
  EXPECT_EQ(key.public_key().bits(), 2048);
  EXPECT_EQ(key.public_key().kind(), KeyKind::kRsa);
  EXPECT_FALSE(key.public_key().same_as(PrivateKey::generate_rsa(2048).public_key()));
}

TEST(Jwk, NeedsNoExponentsThatFollowFromTheOthers) {
  auto jwk = Table::parse(read_vector("keys/rsa256.jwk"));
  const PrivateKey whole = key_of_vector("keys/rsa256.jwk");
  for (const char* name : {"dp", "dq", "qi"}) jwk.erase(name);
  const PrivateKey computed = parse_private_key(as_bytes(jwk.dump()), nullptr);
  EXPECT_EQ(exposed(computed.to_pem(nullptr)), exposed(whole.to_pem(nullptr)));
  jwk["p"] = "AQ";  // 1
  EXPECT_EQ(error_of([&] { (void)parse_private_key(as_bytes(jwk.dump()), nullptr); }), ErrorCode::kUsage);
}

TEST(Jwk, HasAllOfTheExponentsOrNone) {
  auto jwk = Table::parse(read_vector("keys/rsa256.jwk"));
  jwk.erase("dq");
  EXPECT_THAT(failure([&] { (void)parse_private_key(as_bytes(jwk.dump()), nullptr); }).message(),
              HasSubstr("\"dq\""));
  jwk = {{"keys", Table::array({Table::parse(read_vector("keys/p256noalg.jwk"))})}};
  EXPECT_THAT(failure([&] { (void)parse_private_key(as_bytes(jwk.dump()), nullptr); }).message(),
              HasSubstr("a set of keys"));
}

TEST(KeyContents, ShowEveryKeyOfTheTable) {
  std::size_t shown = 0;
  for (const auto& row : load_table("keys.json")) {
    if (row.at("outcome") != "accept") continue;
    SCOPED_TRACE(row.at("file"));
    const bool is_locked = !row.at("passphrase").is_null();
    const auto items = list(text(row, "file"), is_locked ? text(row, "passphrase").c_str() : nullptr);
    const KeyItem& item = items.back();
    EXPECT_EQ(item.kind, row.at("private").get<bool>() ? KeyItemKind::kPrivateKey : KeyItemKind::kPublicKey);
    ASSERT_TRUE(item.key);
    EXPECT_EQ(item.key->key.thumbprint(), text(row, "thumbprint"));
    if (is_locked) {
      EXPECT_EQ(list(text(row, "file")).back().kind, KeyItemKind::kLockedPrivateKey);
      EXPECT_FALSE(list(text(row, "file")).back().key);
    }
    ++shown;
  }
  EXPECT_GE(shown, 31U);
}

TEST(KeyContents, NameTheForm) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"keys/rsa.pem", "PKCS#8", "PEM"},          {"keys/rsa-pk8.der", "PKCS#8", "DER"},
      {"keys/rsa-pkcs1.der", "PKCS#1", "DER"},    {"keys/p256-sec1.der", "SEC 1", "DER"},
      {"keys/p256-sec1.pem", "SEC 1", "PEM"},     {"keys/rsa-legacyenc.pem", "PKCS#1", "PEM"},
      {"keys/rsa-pk8enc.pem", "PKCS#8", "PEM"},   {"keys/rsa.pub.pem", "SubjectPublicKeyInfo", "PEM"},
      {"keys/rsa-pkcs1pub.pem", "PKCS#1", "PEM"}, {"keys/rsa256.jwk", "JWK", "JSON"}};
  for (const auto& [name, form, container] : cases) {
    const auto items = list(name);
    ASSERT_EQ(items.size(), 1U) << name;
    EXPECT_EQ(items[0].form, form) << name;
    EXPECT_EQ(items[0].container, container) << name;
    EXPECT_EQ(items[0].is_encrypted, std::string_view(name).ends_with("enc.pem")) << name;
  }
}

TEST(KeyContents, AreAllThatAFileHolds) {
  const auto items = list("keys/certfirst.pem");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].kind, KeyItemKind::kCertificate);
  ASSERT_TRUE(items[0].certificate);
  EXPECT_EQ(items[0].certificate->subject, "CN=ocicrypt test 1,O=Throwaway,C=DE");
  EXPECT_EQ(items[1].kind, KeyItemKind::kPrivateKey);
  EXPECT_TRUE(items[0].key->key.same_as(items[1].key->key));
  EXPECT_EQ(list("keys/rsa256.pub.jwk").at(0).key->key_id, "mykid");
}

TEST(KeyContents, RefuseWhatIsNotAKey) {
  EXPECT_THAT(failure([] { (void)list("jwe/opts.json"); }).code(), ErrorCode::kUsage);
  EXPECT_THAT(failure([] { (void)list("keys/pgp1.sec"); }).message(), HasSubstr("an OpenPGP secret key"));
  EXPECT_THAT(failure([] { (void)list("keys/rsa-pk8enc.pem", "12345"); }).message(),
              HasSubstr("wrong passphrase"));
  EXPECT_EQ(failure([] { (void)list("keys/rsa1024.pem"); }).code(), ErrorCode::kRefused);
}

class KeyPairFiles : public testing::Test {
 protected:
  KeyPairFiles() {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
  }
  ~KeyPairFiles() override { fs::remove_all(folder_); }

  void write(std::string_view name, IfPresent if_present) const {
    const std::string text(name);
    write_key_pair(file_, as_bytes("private " + text), as_bytes("public " + text), if_present);
  }
  void expect(const std::string& name) const {
    EXPECT_EQ(as_text(read_key_file(file_).expose()), "private " + name);
    EXPECT_EQ(as_text(read_key_file(file_ + ".pub").expose()), "public " + name);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
  }

  std::string folder_ = testing::TempDir() + "key_pair_test." + std::to_string(::getpid());
  std::string file_ = folder_ + "/my.key";
};

TEST_F(KeyPairFiles, AreReadableOnlyByTheirOwner) {
  write("one", IfPresent::kRefuse);
  expect("one");
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeyPairFiles, AreReplacedOnlyOnDemand) {
  write("one", IfPresent::kRefuse);
  EXPECT_EQ(error_of([&] { write("two", IfPresent::kRefuse); }), ErrorCode::kRefused);
  expect("one");
  for (const char* left : {"", ".pub"}) {  // one of them alone is enough
    fs::remove(file_ + left);
    EXPECT_EQ(error_of([&] { write("two", IfPresent::kRefuse); }), ErrorCode::kRefused);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
    write("two", IfPresent::kReplace);
    expect("two");
  }
}

TEST_F(KeyPairFiles, AreBothWrittenOrNone) {
  fs::create_directory(file_ + ".pub");
  EXPECT_TRUE(error_of([&] { write("one", IfPresent::kReplace); }));
  EXPECT_FALSE(fs::exists(file_));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  fs::remove_all(folder_);
  EXPECT_TRUE(error_of([&] { write("one", IfPresent::kRefuse); }));
  EXPECT_FALSE(fs::exists(folder_));
}

}  // namespace
}  // namespace imgcrypt

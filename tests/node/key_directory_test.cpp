#include "node/key_directory.hpp"

#include "support/encrypted_layer.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class KeyDirectoryTest : public testing::Test {
 protected:
  [[nodiscard]] std::string keys() const { return folder_.path() / "keys"; }

  std::string write_key(const std::string& name, const PrivateKey& key, const char* passphrase = nullptr) {
    const auto secret_phrase = passphrase == nullptr ? std::nullopt : std::optional(secret(passphrase));
    const SecretBytes pem = key.to_pem(secret_phrase ? &*secret_phrase : nullptr);
    return folder_.write(name, as_text(pem.expose()));
  }

  // What the directory says of each of its files after a layer for `key_` was tried with all of them.
  [[nodiscard]] std::vector<std::string> tried() const {
    const EncryptedLayer layer = encrypt_layer("layer", {other_});
    const auto unwrappers = KeyDirectory(keys()).unwrappers();
    EXPECT_EQ(error_of([&] { (void)unwrap_private_options(layer.descriptor.annotations, unwrappers); }),
              ErrorCode::kNoKey);
    std::vector<std::string> descriptions;
    for (const auto& unwrapper : unwrappers) descriptions.push_back(unwrapper->description());
    return descriptions;
  }

  [[nodiscard]] bool opens() const {
    const EncryptedLayer layer = encrypt_layer("layer", {key_});
    const auto unwrappers = KeyDirectory(keys()).unwrappers();
    return !error_of([&] { (void)unwrap_private_options(layer.descriptor.annotations, unwrappers); });
  }

  ScratchFolder folder_;
  PrivateKey key_ = PrivateKey::generate_ec("P-256");
  PrivateKey other_ = PrivateKey::generate_ec("P-256");
};

TEST_F(KeyDirectoryTest, TriesEachFileInLexicalOrder) {
  write_key("keys/b", other_);
  write_key("keys/c/key", key_);
  write_key("keys/a", PrivateKey::generate_ec("P-384"));
  EXPECT_TRUE(opens());
  EXPECT_EQ(KeyDirectory(keys()).complaint(), "");
  const auto unwrappers = KeyDirectory(keys()).unwrappers();
  ASSERT_EQ(unwrappers.size(), 3U);
  EXPECT_THAT(unwrappers[0]->description(), HasSubstr("keys/a"));
  EXPECT_THAT(unwrappers[2]->description(), HasSubstr("keys/c/key"));
}

TEST_F(KeyDirectoryTest, PassesOverWhatIsNotAKey) {
  folder_.write("keys/a", "junk");
  folder_.write("keys/b", "");
  write_key("keys/key", key_);
  EXPECT_TRUE(opens());
  EXPECT_THAT(tried(), ElementsAre(HasSubstr("keys/a ("), HasSubstr("keys/b ("), HasSubstr("P-256 key")));
}

TEST_F(KeyDirectoryTest, ReadsAFileWhenItIsFirstTried) {
  const std::string file = write_key("keys/key", key_);
  const KeyDirectory directory(keys());
  const auto unwrappers = directory.unwrappers();
  EXPECT_THAT(unwrappers.front()->description(), HasSubstr("not tried"));
  std::filesystem::remove(file);
  const EncryptedLayer layer = encrypt_layer("layer", {key_});
  EXPECT_EQ(error_of([&] { (void)unwrap_private_options(layer.descriptor.annotations, unwrappers); }),
            ErrorCode::kNoKey);
  EXPECT_THAT(unwrappers.front()->description(), HasSubstr("No such file"));
}

TEST_F(KeyDirectoryTest, TakesPassphrasesFromTheFileBeside) {
  write_key("keys/key", key_, "mine");
  EXPECT_FALSE(opens());
  folder_.write("keys/key.pass", "mine\n");
  EXPECT_TRUE(opens());
  EXPECT_EQ(KeyDirectory(keys()).unwrappers().size(), 1U);
  folder_.write("keys/key.pass", "other\n");
  EXPECT_FALSE(opens());
}

// As Kubernetes mounts a secret.
TEST_F(KeyDirectoryTest, FollowsLinksThatStayInside) {
  write_key("keys/..2026/key", key_);
  std::filesystem::create_directory_symlink("..2026", folder_.path() / "keys/..data");
  std::filesystem::create_symlink("..data/key", folder_.path() / "keys/key");
  EXPECT_TRUE(opens());
  std::filesystem::create_directory_symlink("keys", folder_.path() / "link");
  EXPECT_EQ(KeyDirectory(folder_.path() / "link").complaint(), "");
}

TEST_F(KeyDirectoryTest, FollowsNoLinkOutside) {
  write_key("elsewhere/key", key_);
  std::filesystem::create_directory(keys());
  std::filesystem::create_symlink(folder_.path() / "elsewhere/key", keys() + "/key");
  EXPECT_THAT(KeyDirectory(keys()).unwrappers(), IsEmpty());
  EXPECT_EQ(KeyDirectory(keys()).complaint(),
            "no keys; ignored: " + keys() + "/key (its link leads outside)");
  write_key("keys/locked", key_, "mine");
  folder_.write("elsewhere/pass", "mine");
  std::filesystem::create_symlink(folder_.path() / "elsewhere/pass", keys() + "/locked.pass");
  EXPECT_FALSE(opens());
  std::filesystem::create_directory_symlink(folder_.path() / "elsewhere", keys() + "/team");
  std::filesystem::create_symlink("nowhere", keys() + "/z");
  EXPECT_EQ(KeyDirectory(keys()).complaint(), "ignored: " + keys() + "/key (its link leads outside), " +
                                                  keys() + "/locked.pass (its link leads outside), " +
                                                  keys() + "/team (its link leads outside) and 1 more");
}

TEST_F(KeyDirectoryTest, PassesOverFifosAndDanglingLinks) {
  write_key("keys/key", key_);
  ASSERT_EQ(::mkfifo((keys() + "/fifo").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((keys() + "/key.pass").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", keys() + "/dangling");
  EXPECT_EQ(KeyDirectory(keys()).unwrappers().size(), 1U);
  EXPECT_TRUE(opens());
  EXPECT_EQ(KeyDirectory(keys()).complaint(), "ignored: " + keys() + "/dangling (its link leads nowhere), " +
                                                  keys() + "/fifo (not a file), " + keys() +
                                                  "/key.pass (not a file)");
}

TEST_F(KeyDirectoryTest, SaysWhatIsWrongWithTheDirectory) {
  EXPECT_EQ(KeyDirectory(keys()).complaint(), "no keys: " + keys() + " does not exist");
  EXPECT_THAT(KeyDirectory(keys()).unwrappers(), IsEmpty());
  std::filesystem::create_directory(keys());
  EXPECT_EQ(KeyDirectory(keys()).complaint(), "no keys: " + keys() + " is empty");
  const std::string file = write_key("file", key_);
  EXPECT_EQ(KeyDirectory(file).complaint(), "no keys: " + file + ": Not a directory");
  EXPECT_EQ(KeyDirectory(file).path(), file);
}

TEST_F(KeyDirectoryTest, SaysWhoElseCanReadAKey) {
  const std::string file = write_key("keys/key", key_);
  const auto set_modes = [&](mode_t folder, mode_t key) {
    ::chmod(folder_.path().c_str(), folder);
    ::chmod(keys().c_str(), folder);
    ::chmod(file.c_str(), key);
  };
  set_modes(0755, 0644);
  EXPECT_THAT(tried(), ElementsAre(HasSubstr("; others can read it (mode 0644): chmod 600 " + file)));
  EXPECT_TRUE(opens());
  set_modes(0755, 0600);
  EXPECT_THAT(tried(), ElementsAre(Not(HasSubstr("others can"))));
  set_modes(0700, 0644);
  EXPECT_THAT(tried(), ElementsAre(Not(HasSubstr("others can"))));
  set_modes(0777, 0600);
  EXPECT_THAT(tried(), ElementsAre(HasSubstr("others can replace it")));
}

TEST_F(KeyDirectoryTest, GivesThePassphrasesOfOpenPgpKeysToTheirProvider) {
  const std::string armor = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n";
  folder_.write("keys/a", armor);
  folder_.write("keys/b", armor);
  folder_.write("keys/b.pass", "word\n");
  folder_.write("keys/c", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n");
  const KeyDirectory directory(keys());
  const auto& parameters = directory.provider_parameters().at("pgp");
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].passphrase, nullptr);
  ASSERT_NE(parameters[1].passphrase, nullptr);
  EXPECT_EQ(as_text(parameters[1].passphrase->expose()), "word");
}

TEST_F(KeyDirectoryTest, KnowsTheKeysOfOurKeyProviders) {
  const std::string sodium = folder_.write("keys/a", "sodium-x25519-secret-AAAA\n");
  folder_.write("keys/a.pub", "sodium-x25519-public-AAAA\n");
  const std::string raw = folder_.write("keys/b/c", std::string(32, '\x80'));
  // age-keygen writes comments before the key.
  const std::string age =
      folder_.write("keys/d", "# created: today\n# public key: age1\nAGE-SECRET-KEY-1AAAA\n");
  folder_.write("keys/d.pub", "age1aaaa\n");
  const std::string ssh = folder_.write("keys/e", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
  for (const std::size_t size : {31U, 33U})
    folder_.write("keys/" + std::to_string(size), std::string(size, 'x'));
  const KeyDirectory directory(keys());
  const auto is = [](const std::string& text) { return testing::Field(&ProviderParameter::text, text); };
  EXPECT_THAT(directory.provider_parameters(),
              ElementsAre(Pair("age", ElementsAre(is(age), is(ssh))),
                          Pair("attestation-agent", ElementsAre(is("keypath=" + raw))),
                          Pair("sodium", ElementsAre(is(sodium)))));
  EXPECT_EQ(directory.unwrappers().size(), 4U);
  EXPECT_EQ(directory.complaint(), "");
  for (const auto& path : {folder_.path().string(), keys(), keys() + "/b", sodium})
    ::chmod(path.c_str(), 0755);
  for (const auto& path : {raw, age, ssh}) ::chmod(path.c_str(), 0600);
  EXPECT_EQ(KeyDirectory(keys()).complaint(),
            sodium + ": others can read it (mode 0755): chmod 600 " + sodium);
}

// Nobody answers: it says so when a layer is tried with it, and not before.
class NoPrograms final : public ProviderAccess {
 public:
  void require_configured(const std::string&) override {}
  std::string program_of(const std::string&) override { return {}; }
  SecretBytes exchange(const std::string& name, const SecretBytes&) override {
    asked.push_back(name);
    throw Error(ErrorCode::kProvider, "nobody answers");
  }

  std::vector<std::string> asked;
};

TEST_F(KeyDirectoryTest, LeavesKeysInDevicesToTheirPrograms) {
  folder_.write("keys/handle", "# of this node\ntpm2:0x81000001\n");
  folder_.write("keys/loadable", "-----BEGIN TSS2 PRIVATE KEY-----\n");
  write_key("keys/own", other_);
  const KeyDirectory directory(keys());
  EXPECT_EQ(directory.unwrappers().size(), 1U);
  EXPECT_THAT(directory.provider_parameters(), IsEmpty());
  EXPECT_THAT(directory.needed_providers(), ElementsAre("tpm2"));

  const auto programs = std::make_shared<NoPrograms>();
  const auto unwrappers = directory.device_unwrappers(programs);
  EXPECT_THAT(programs->asked, IsEmpty());
  const EncryptedLayer layer = encrypt_layer("layer", {key_});
  EXPECT_TRUE(error_of([&] { (void)unwrap_private_options(layer.descriptor.annotations, unwrappers); }));
  EXPECT_THAT(programs->asked, ElementsAre("tpm2", "tpm2"));
  ASSERT_EQ(unwrappers.size(), 2U);
  EXPECT_THAT(unwrappers[0]->description(), HasSubstr("handle (nobody answers"));
}

}  // namespace
}  // namespace imgcrypt

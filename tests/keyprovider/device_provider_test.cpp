// Keys in a device from both sides: what imgcrypt asks, and what a provider answers.
#include "keyprovider/device_provider.hpp"

#include "keys/key_file.hpp"
#include "keywrap/device/device_private_key.hpp"
#include "keywrap/device/device_protocol.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt::keyprovider {
namespace {

using namespace test;

PrivateKey key_in(const std::string& vector) {
  return parse_private_key(as_bytes(read_vector(vector)), nullptr);
}

// Its keys are in the vectors; "guarded" needs a passphrase.
class FakeDevice final : public DeviceProvider {
 public:
  Bytes wrap(const std::vector<std::string>&, const SecretBytes&) override { return {}; }
  SecretBytes unwrap(const std::vector<std::string>&, ByteView) override { return {}; }
  PrivateKey open_key(const std::string& key, const SecretBytes* passphrase) override {
    ++opened;
    const bool is_right = passphrase != nullptr && as_text(passphrase->expose()) == "right";
    if (key == "guarded" && !is_right) throw Error(ErrorCode::kUsage, "wrong passphrase");
    return key_in(key == "guarded" ? "keys/rsa.pem" : "keys/" + key + ".pem");
  }

  bool needs_passphrase(const std::string& key) override { return key == "guarded"; }

  int opened = 0;
};

// Answers as serve_lines does, or with `forged`.
class DeviceAccess final : public ProviderAccess {
 public:
  void require_configured(const std::string&) override {}
  std::string program_of(const std::string&) override { return "program"; }
  SecretBytes exchange(const std::string& name, const SecretBytes& document) override {
    EXPECT_EQ(name, "tpm2");
    ++asked;
    if (!forged.empty()) return secret(forged);
    try {
      return device.use_key(document.expose());
    } catch (const Error& error) {
      return format_provider_failure(error);
    }
  }

  FakeDevice device;
  std::string forged;
  int asked = 0;
};

class DeviceProviderTest : public testing::Test {
 protected:
  PrivateKey open(const std::string& key, const char* passphrase = nullptr) {
    return open_device_key(access_, parse_device_key("tpm2:" + key).value(),
                           passphrase == nullptr ? std::nullopt : std::optional(secret(passphrase)));
  }

  std::shared_ptr<DeviceAccess> access_ = std::make_shared<DeviceAccess>();
};

TEST_F(DeviceProviderTest, DecryptLikeKeysInFiles) {
  const PrivateKey key = open("rsa");
  const PublicKey& half = key.public_key();
  EXPECT_TRUE(half.same_as(key_in("keys/rsa.pem").public_key()));
  const ByteView message = as_bytes("message");
  for (const OaepHash hash : {OaepHash::kSha1, OaepHash::kSha256}) {
    const Bytes ciphertext = half.encrypt_oaep(message, hash, "label");
    EXPECT_EQ(as_text(key.decrypt_oaep(ciphertext, hash, "label").value().expose()), "message");
    EXPECT_FALSE(key.decrypt_oaep(ciphertext, hash, "another"));
  }
  const Bytes ciphertext = half.encrypt_pkcs1(message);
  EXPECT_EQ(as_text(key.decrypt_pkcs1(ciphertext, 7).expose()), "message");
  EXPECT_EQ(key.decrypt_pkcs1(ciphertext, 16).size(), 16U);
  EXPECT_NO_THROW(key.check_halves());
  EXPECT_EQ(access_->device.opened, 1);
}

TEST_F(DeviceProviderTest, AgreeLikeKeysInFiles) {
  for (const char* name : {"p256", "p384", "p521"}) {
    const PrivateKey key = open(name);
    const PrivateKey peer = PrivateKey::generate_ec(key.public_key().curve());
    const SecretBytes shared = key.agree(peer.public_key());
    EXPECT_TRUE(equal_constant_time(shared.expose(), peer.agree(key.public_key()).expose())) << name;
    EXPECT_NO_THROW(key.check_halves());
  }
}

TEST_F(DeviceProviderTest, NeverLeaveTheDevice) {
  EXPECT_EQ(error_of([&] { (void)open("rsa").to_pem(nullptr); }), ErrorCode::kRefused);
}

TEST_F(DeviceProviderTest, SayWhetherTheyNeedAPassphraseWithoutBeingOpened) {
  EXPECT_TRUE(needs_passphrase(*access_, parse_device_key("tpm2:guarded").value()));
  EXPECT_FALSE(needs_passphrase(*access_, parse_device_key("tpm2:rsa").value()));
  EXPECT_EQ(access_->device.opened, 0);
}

TEST_F(DeviceProviderTest, AreNotTriedAgainWithAWrongPassphrase) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(error_of([&] { (void)open("guarded", "wrong"); }), ErrorCode::kUsage);
  EXPECT_EQ(access_->device.opened, 1);
  EXPECT_NO_THROW((void)open("guarded", "right"));
  EXPECT_NO_THROW((void)open("guarded", "right"));
  EXPECT_EQ(access_->device.opened, 2);
}

// After it the program may have been started again, which has forgotten the wrong one.
TEST_F(DeviceProviderTest, AreNotAskedAgainAfterAFailure) {
  const PrivateKey key = open("rsa");
  access_->forged = R"({"error":"wrong PIN","cause":"usage"})";
  EXPECT_EQ(error_of([&] { (void)key.decrypt_pkcs1(Bytes(256), 16); }), ErrorCode::kUsage);
  access_->forged.clear();
  const int asked = access_->asked;
  EXPECT_EQ(error_of([&] { (void)key.decrypt_pkcs1(Bytes(256), 16); }), ErrorCode::kUsage);
  EXPECT_EQ(access_->asked, asked);
}

TEST_F(DeviceProviderTest, AreAskedAgainWhenOnlyAPacketWasNotForThem) {
  const PrivateKey key = open("rsa");
  access_->forged = R"({"error":"not with this padding","cause":"no-key"})";
  EXPECT_EQ(error_of([&] { (void)key.decrypt_pkcs1(Bytes(256), 16); }), ErrorCode::kNoKey);
  access_->forged.clear();
  EXPECT_EQ(key.decrypt_pkcs1(Bytes(256), 16).size(), 16U);
}

TEST_F(DeviceProviderTest, RefuseAnswersThatCannotBe) {
  for (const char* reply :
       {R"({"privatekeyresults":{"result":"AAAA"}})", R"({"privatekeyresults":{"result":null}})",
        R"({"privatekeyresults":[]})", "[]", "{}"}) {
    const PrivateKey rsa = open("rsa");
    const PrivateKey ec = open("p256");
    access_->forged = reply;
    EXPECT_EQ(error_of([&] { (void)open("p384"); }), ErrorCode::kProvider) << reply;
    EXPECT_EQ(error_of([&] { (void)rsa.decrypt_pkcs1(Bytes(256), 16); }), ErrorCode::kProvider) << reply;
    EXPECT_EQ(error_of([&] { (void)ec.agree(ec.public_key()); }), ErrorCode::kProvider) << reply;
    access_->forged.clear();
  }
}

TEST_F(DeviceProviderTest, RefuseWhatTheirKindCannotDo) {
  const std::string peer = key_in("keys/p384.pem").public_key().to_pem();
  const DeviceRequest wrong[] = {
      {.operation = DeviceOperation::kAgree, .key = "rsa", .data = to_bytes(as_bytes(peer))},
      {.operation = DeviceOperation::kAgree, .key = "p256", .data = to_bytes(as_bytes(peer))},
      {.operation = DeviceOperation::kPkcs1, .key = "p256", .data = Bytes(256), .size = 16}};
  for (const DeviceRequest& request : wrong) {
    const SecretBytes document = format_device_request(request);
    EXPECT_EQ(error_of([&] { (void)access_->device.use_key(document.expose()); }), ErrorCode::kRefused);
  }
}

}  // namespace
}  // namespace imgcrypt::keyprovider

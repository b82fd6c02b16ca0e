#include "keywrap/device/device_private_key.hpp"

#include "keys/key_file.hpp"
#include "keywrap/device/device_protocol.hpp"

#include <imgcrypt/error.hpp>

#include <mutex>
#include <utility>

namespace imgcrypt {
namespace {

class DevicePrivateKey final : public PrivateOperations {
 public:
  DevicePrivateKey(std::shared_ptr<ProviderAccess> providers, const DeviceKeyName& name,
                   std::optional<SecretBytes> passphrase)
      : providers_(std::move(providers)),
        program_(name.device->name),
        key_(name.key),
        passphrase_(std::move(passphrase)) {}

  [[nodiscard]] PublicKey describe() const {
    const auto pem = ask({.operation = DeviceOperation::kDescribe});
    if (!pem) fail("its answer holds no public key");
    try {
      return parse_public_key(pem->expose());
    } catch (const Error& error) {
      fail("its public key: " + error.message());
    }
  }

  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                        std::string_view label) const override {
    const bool is_sha1 = hash == OaepHash::kSha1;
    auto message = ask({.operation = is_sha1 ? DeviceOperation::kOaepSha1 : DeviceOperation::kOaepSha256,
                        .data = to_bytes(ciphertext),
                        .label = std::string(label)});
    if (message && message->size() > ciphertext.size()) fail("its message is longer than the ciphertext");
    return message;
  }

  [[nodiscard]] SecretBytes decrypt_pkcs1(ByteView ciphertext, std::size_t size) const override {
    return whole(ask({.operation = DeviceOperation::kPkcs1, .data = to_bytes(ciphertext), .size = size}),
                 size);
  }

  [[nodiscard]] SecretBytes agree(const PublicKey& peer) const override {
    const std::string pem = peer.to_pem();
    return whole(ask({.operation = DeviceOperation::kAgree, .data = to_bytes(as_bytes(pem))}),
                 peer.point().x.size());
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorCode::kProvider, "key provider " + program_ + ": " + why);
  }

  [[nodiscard]] SecretBytes whole(std::optional<SecretBytes> result, std::size_t size) const {
    if (!result || result->size() != size) fail("its answer has the wrong length");
    return std::move(*result);
  }

  // One request at a time, so that the second thread sees the failure of the first.
  [[nodiscard]] std::optional<SecretBytes> ask(DeviceRequest request) const {
    request.key = key_;
    if (passphrase_) request.passphrase = SecretBytes::copy_of(passphrase_->expose());
    const std::lock_guard lock(mutex_);
    if (failure_) throw Error(*failure_);
    try {
      return providers_->ask(program_, format_device_request(request), parse_device_reply);
    } catch (const Error& error) {
      const bool may_work_later = error.code() == ErrorCode::kNoKey || error.code() == ErrorCode::kCancelled;
      if (!may_work_later) failure_ = error;
      throw;
    }
  }

  std::shared_ptr<ProviderAccess> providers_;
  std::string program_;
  std::string key_;
  std::optional<SecretBytes> passphrase_;
  mutable std::mutex mutex_;
  mutable std::optional<Error> failure_;
};

}  // namespace

bool needs_passphrase(ProviderAccess& providers, const DeviceKeyName& name) {
  const SecretBytes request =
      format_device_request({.operation = DeviceOperation::kNeedsPassphrase, .key = name.key});
  return providers.ask(std::string(name.device->name), request, parse_device_reply).has_value();
}

PrivateKey open_device_key(std::shared_ptr<ProviderAccess> providers, const DeviceKeyName& name,
                           std::optional<SecretBytes> passphrase) {
  auto key = std::make_shared<const DevicePrivateKey>(std::move(providers), name, std::move(passphrase));
  PublicKey public_half = key->describe();
  return {std::move(public_half), std::move(key)};
}

}  // namespace imgcrypt

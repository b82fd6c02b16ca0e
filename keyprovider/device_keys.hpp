// The private keys that a provider's device holds, as imgcrypt asks for them: opened once, then used. For
// serve.cpp, by one thread.
#pragma once

#include "keyprovider/serve.hpp"

#include <deque>
#include <optional>

namespace imgcrypt::keyprovider {

class DeviceKeys {
 public:
  // `provider` must outlive it.
  explicit DeviceKeys(KeyProvider& provider) : provider_(provider) {}

  // The reply to a request of device_protocol.hpp. Throws what the provider throws for this key or operation;
  // kIntegrity for what is not a request; kRefused for an operation that keys of this kind do not have.
  // REQUIRES: is_device_request.
  [[nodiscard]] SecretBytes answer(ByteView document);

 private:
  struct Opened {
    std::string name;
    std::optional<SecretBytes> passphrase;
    std::optional<PrivateKey> key;
    std::optional<Error> failure;  // if there is no key
  };

  const PrivateKey& find(const std::string& name, std::optional<SecretBytes> passphrase);

  KeyProvider& provider_;
  std::deque<Opened> opened_;
};

}  // namespace imgcrypt::keyprovider

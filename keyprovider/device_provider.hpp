// A key provider whose device holds private keys: each is opened once and then used as imgcrypt asks. A file
// of its own, as providers without a device do without OpenSSL. One thread.
#pragma once

#include "keyprovider/serve.hpp"
#include "keys/key.hpp"

#include <deque>
#include <optional>

namespace imgcrypt::keyprovider {

class DeviceProvider : public KeyProvider {
 public:
  // Throws what open_key or the operation throws; kIntegrity for what is not a request; kRefused for an
  // operation that keys of this kind do not have, and above 64 keys.
  [[nodiscard]] SecretBytes use_key(ByteView document) final;

  // `key` is what the user wrote after "-k NAME:", and `passphrase` its PIN or authorization value, null if
  // none was given. Called once for each of them: the key, or the failure, is kept as long as the provider,
  // so a wrong PIN is not tried twice. Remember in the key's operations (PrivateOperations) a passphrase that
  // only they find wrong. Throws Error, in words for that user: kUsage for what the user must change.
  [[nodiscard]] virtual PrivateKey open_key(const std::string& key, const SecretBytes* passphrase) = 0;

  // Whether the key says that it needs a passphrase, and neither holds nor names one itself. Tries none, and
  // throws as open_key.
  [[nodiscard]] virtual bool needs_passphrase(const std::string& key) = 0;

 private:
  struct Opened {
    std::string name;
    std::optional<SecretBytes> passphrase;
    std::optional<PrivateKey> key;
    std::optional<Error> failure;  // if there is no key
  };

  const PrivateKey& find(const std::string& name, std::optional<SecretBytes> passphrase);

  std::deque<Opened> opened_;
};

}  // namespace imgcrypt::keyprovider

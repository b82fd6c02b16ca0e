#include "cli/options/keys/device_key.hpp"

#include "cli/options/keys/passphrase.hpp"
#include "keywrap/device/device_private_key.hpp"

namespace imgcrypt::cli {

std::optional<NamedDeviceKey> parse_named_device_key(const std::string& text) {
  const auto named = parse_device_key(text);
  if (!named) return std::nullopt;
  KeyString key = named->device->parse_key(named->key);
  return NamedDeviceKey{{named->device, key.file}, key};
}

PrivateKey open_named_device_key(const NamedDeviceKey& key, const std::shared_ptr<KeyProviders>& providers,
                                 Reporter& reporter) {
  providers->require(std::string(key.name.device->name));
  return open_device_key(providers, key.name, read_passphrase(key.passphrase, reporter));
}

}  // namespace imgcrypt::cli

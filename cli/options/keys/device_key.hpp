// Private keys in devices, as the user names them with -k or as the argument of `imgcrypt key`. For the main
// thread, which may ask on the terminal.
#pragma once

#include "cli/options/keys/provider_options.hpp"
#include "image/reporter.hpp"
#include "keys/key.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/key_string.hpp"

#include <memory>
#include <optional>
#include <string>

namespace imgcrypt::cli {

struct NamedDeviceKey {
  DeviceKeyName name;
  KeyString passphrase;  // where it is
};

// "DEVICE:KEY[:PASSPHRASEFORM]". nullopt: it does not begin with the name of a device. Throws as
// parse_device_key_string.
[[nodiscard]] std::optional<NamedDeviceKey> parse_named_device_key(const std::string& text);

// What the user gave for it, or enters on the terminal if the key says that it needs one. Once: devices count
// wrong ones. Warns of others who can read the PIN where the key itself says it: in a key file, or in the
// file of pin-source. Throws as read_passphrase and prompt_passphrase.
[[nodiscard]] std::optional<SecretBytes> read_device_passphrase(const NamedDeviceKey& key,
                                                                ProviderAccess& providers,
                                                                Reporter& reporter);

// Asks the device, once the passphrase is read. Throws as KeyProviders::require, read_passphrase and
// open_device_key, without the key's name.
[[nodiscard]] PrivateKey open_named_device_key(const NamedDeviceKey& key,
                                               const std::shared_ptr<KeyProviders>& providers,
                                               Reporter& reporter);
// The same for its public half alone, which some devices give without a passphrase: then none is asked for.
[[nodiscard]] PublicKey read_device_public_half(const NamedDeviceKey& key,
                                                const std::shared_ptr<KeyProviders>& providers,
                                                Reporter& reporter);

}  // namespace imgcrypt::cli

// Private keys that a device holds and a key provider of ours uses for us: ordinary PrivateKeys, with which
// every scheme works as it does with key files. Immutable; safe for use by several threads.
#pragma once

#include "keys/key.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/provider/provider_access.hpp"

#include <memory>
#include <optional>

namespace imgcrypt {

// Whether the key says that it needs a passphrase or PIN, and neither holds nor names one itself. Throws as
// open_device_key.
[[nodiscard]] bool needs_passphrase(ProviderAccess& providers, const DeviceKeyName& name);

// Asks the device's program for the public half; each operation is one more request. Whoever gets the key
// shares `providers`. After a failure that is the user's or the device's (kUsage, kProvider), the program is
// not asked for this key again: a wrong PIN must not be tried twice. Throws as ProviderAccess::exchange;
// kUsage or kNoKey for what the program says of the key; kProvider for an answer that is not a public key.
[[nodiscard]] PrivateKey open_device_key(std::shared_ptr<ProviderAccess> providers, const DeviceKeyName& name,
                                         std::optional<SecretBytes> passphrase);

}  // namespace imgcrypt

// The kinds of devices that hold private keys, and how their keys are named: -k tpm2:KEY, and files that are
// or name such a key. A table like that of the schemes, but what a device opens are the packets of others,
// e.g. jwe: and pkcs7:. Constants and pure functions, safe for use by several threads.
#pragma once

#include "keys/passphrase.hpp"
#include "keywrap/key_string.hpp"
#include "keywrap/schemes.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace imgcrypt {

struct KeyDevice {
  // "tpm2", as in -k tpm2:KEY; the key provider that is asked has the same name.
  std::string_view name;
  std::string_view key_form;  // "tpm2:HANDLE|FILE"
  // The key provider. Null: it is also that of a scheme, whose row has it.
  const OwnProvider* provider = nullptr;
  // How the text of a key file begins that only the device can use; empty: no file is told so.
  std::string_view file_start = {};
  std::string_view title = {};       // "TPM 2.0"
  std::string_view passphrase = {};  // what it calls one: "PIN"
  bool makes_keys = false;           // for `imgcrypt key generate`
  std::size_t most_passphrase_bytes = kMostPassphraseBytes;
  // Whether the text of a file, of which it may be the beginning, names a key of the device. Null: none does.
  bool (*is_key_file)(std::string_view text) = nullptr;
  // Of what follows "DEVICE:": the key, without a secret, and where its passphrase is.
  KeyString (*parse_key)(const std::string& text) = parse_device_key_string;
};

[[nodiscard]] std::span<const KeyDevice> key_devices();

struct DeviceKeyName {
  const KeyDevice* device;  // a row of the table
  std::string key;          // what the program is asked for: a handle, a file, a URI

  // What the user writes after -k, without a passphrase or PIN: "tpm2:0x81000001".
  [[nodiscard]] std::string text() const;
  // For messages: only what no PIN or passphrase can be in, whatever the user wrote.
  [[nodiscard]] std::string shown() const;
};

// "DEVICE:KEY", as after -k, without a passphrase form. nullopt: it does not begin with the name of a device,
// or nothing follows.
[[nodiscard]] std::optional<DeviceKeyName> parse_device_key(std::string_view text);

// Of a key file at `path` with this content, or its first kEnoughForProviderKey bytes: a key that only the
// device can use, or a single line "DEVICE:KEY", so that a key directory can name a key without a file of its
// own. Empty lines and those that begin with # may come first. nullopt: neither.
[[nodiscard]] std::optional<DeviceKeyName> find_device_key(std::string_view content, const std::string& path);

}  // namespace imgcrypt

#include "keywrap/device/key_device.hpp"

#include "base/text/comment_lines.hpp"
#include "keywrap/pkcs11/token_key_file.hpp"
#include "keywrap/pkcs11/token_key_string.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// draft-bottomley-tpm2-keys: what openssl's tpm2 provider and tpm2-tools write too.
constexpr std::string_view kTpm2FileStart = "-----BEGIN TSS2 PRIVATE KEY-----";
constexpr std::array kTpm2PrivateStarts = {kTpm2FileStart};
constexpr OwnProvider kTpm2Provider = {.name = "tpm2",
                                       .form = "tpm2",
                                       .program = "keyprovider-tpm2",
                                       .private_key_starts = kTpm2PrivateStarts,
                                       .takes_plain_files = true};

constexpr std::array kDevices = {KeyDevice{.name = "tpm2",
                                           .key_form = "tpm2:HANDLE|FILE",
                                           .provider = &kTpm2Provider,
                                           .file_start = kTpm2FileStart,
                                           .title = "TPM 2.0",
                                           .passphrase = "Authorization value",
                                           .makes_keys = true,
                                           .most_passphrase_bytes = 32},  // a digest with SHA-256
                                 KeyDevice{.name = "pkcs11",
                                           .key_form = "pkcs11:FILE|URI",
                                           .title = "PKCS#11 token",
                                           .passphrase = "PIN",
                                           .is_key_file = is_token_key_file,
                                           .parse_key = parse_token_key_string}};

// Longer ones are not names: a URI of a token with everything in it has some hundred characters.
constexpr std::size_t kMostNameBytes = 1000;

}  // namespace

std::string DeviceKeyName::text() const { return std::string(device->name) + ":" + with_hidden_pin(key); }

std::string DeviceKeyName::shown() const { return std::string(device->name) + ":" + shown_token_key(key); }

std::span<const KeyDevice> key_devices() { return kDevices; }

std::optional<DeviceKeyName> parse_device_key(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  const auto device = std::ranges::find(kDevices, text.substr(0, colon), &KeyDevice::name);
  if (device == kDevices.end()) return std::nullopt;
  return DeviceKeyName{&*device, std::string(text.substr(colon + 1))};
}

std::optional<DeviceKeyName> find_device_key(std::string_view content, const std::string& path) {
  const std::string_view item = from_first_item(content);
  const auto of_file = std::ranges::find_if(kDevices, [&](const KeyDevice& device) {
    return (!device.file_start.empty() && item.starts_with(device.file_start)) ||
           (device.is_key_file != nullptr && device.is_key_file(content));
  });
  if (of_file != kDevices.end()) return DeviceKeyName{&*of_file, path};
  const std::string_view line = item.substr(0, item.find_first_of("\r\n"));
  const bool is_alone = item.find_first_not_of(" \t\r\n", line.size()) == std::string_view::npos;
  return is_alone && line.size() <= kMostNameBytes ? parse_device_key(line) : std::nullopt;
}

}  // namespace imgcrypt

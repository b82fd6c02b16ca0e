#include "cli/options/keys/device_key.hpp"

#include "cli/options/keys/passphrase.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"
#include "keywrap/device/device_private_key.hpp"
#include "keywrap/pkcs11/token_uri.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::cli {
namespace {

// `key`: a URI, or a file.
void warn_of_exposed_pin(const std::string& key, Reporter& reporter) {
  if (is_token_uri(key)) {
    if (const std::string file = pin_file_of(key); !file.empty())
      warn_of_exposure("PIN file", file, reporter);
    return;
  }
  try {
    const SecretBytes content = read_key_file(key);
    if (as_text(content.expose()).find("pin-value=") != std::string_view::npos)
      warn_of_exposure("key", key, reporter);
  } catch (const Error& error) {
    // A handle, or what its program says more about.
    if (error.code() == ErrorCode::kCancelled) throw;
  }
}

bool is_asked_for(const NamedDeviceKey& key, ProviderAccess& providers) {
  if (key.passphrase.from != PassphraseFrom::kNowhere || !is_interactive())
    return key.passphrase.from == PassphraseFrom::kPrompt;
  try {
    return needs_passphrase(providers, key.name);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return false;  // who opens it next says what is wrong
  }
}

}  // namespace

std::optional<NamedDeviceKey> parse_named_device_key(const std::string& text) {
  const auto named = parse_device_key(text);
  if (!named) return std::nullopt;
  KeyString key = named->device->parse_key(named->key);
  return NamedDeviceKey{{named->device, key.file}, key};
}

std::optional<SecretBytes> read_device_passphrase(const NamedDeviceKey& key, ProviderAccess& providers,
                                                  Reporter& reporter) {
  if (is_asked_for(key, providers))
    return prompt_passphrase(std::string(key.name.device->passphrase) + " of " + key.name.shown() + ": ");
  auto passphrase = read_passphrase(key.passphrase, reporter);
  if (!passphrase) warn_of_exposed_pin(key.name.key, reporter);
  return passphrase;
}

PrivateKey open_named_device_key(const NamedDeviceKey& key, const std::shared_ptr<KeyProviders>& providers,
                                 Reporter& reporter) {
  providers->require(std::string(key.name.device->name));
  return open_device_key(providers, key.name, read_device_passphrase(key, *providers, reporter));
}

PublicKey read_device_public_half(const NamedDeviceKey& key, const std::shared_ptr<KeyProviders>& providers,
                                  Reporter& reporter) {
  if (key.passphrase.from == PassphraseFrom::kNowhere && is_interactive()) {
    try {
      providers->require(std::string(key.name.device->name));
      return open_device_key(providers, key.name, std::nullopt).public_key();
    } catch (const Error& error) {
      // Perhaps as there was no passphrase; else it fails again.
      if (error.code() == ErrorCode::kCancelled) throw;
    }
  }
  return open_named_device_key(key, providers, reporter).public_key();
}

}  // namespace imgcrypt::cli

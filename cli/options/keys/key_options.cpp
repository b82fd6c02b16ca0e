#include "cli/options/keys/key_options.hpp"

#include "cli/options/keys/device_key.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/options/keys/private_key.hpp"
#include "cli/options/keys/provider_key_file.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/device/device_private_key.hpp"
#include "keywrap/device/failed_device_key.hpp"
#include "keywrap/file_forms.hpp"
#include "keywrap/key_string.hpp"
#include "keywrap/pgp/pgp_secret_key.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/scheme_help.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace imgcrypt::cli {
namespace {

// The certificate of a file without a private key.
std::optional<Certificate> lone_certificate(ByteView file) {
  // A file with both is a key: tools write them into one PEM.
  if (as_text(file).find("PRIVATE KEY-----") != std::string_view::npos) return std::nullopt;
  try {
    return Certificate::parse(file);
  } catch (const Error&) {
    return std::nullopt;  // if it is not a key either, parsing it as one says what is wrong
  }
}

struct NamedKey {
  std::string name;
  PrivateKey key;
};

struct FailedKey {
  std::string name;
  Error failure;
};

struct NamedCertificate {
  std::string name;
  Certificate certificate;
};

// The keys of a command line, sorted by what they are.
class Keyring {
 public:
  Keyring(std::shared_ptr<KeyProviders> providers, Reporter& reporter)
      : providers_(std::move(providers)), reporter_(reporter) {}

  void add_file(const KeyString& key) {
    const SecretBytes file = read_key_file(key.file);
    const auto of_provider = find_provider_key(as_text(file.expose()));
    if (const auto of_device = find_device_key(as_text(file.expose()), key.file)) {
      add_device_key({*of_device, key});
    } else if (of_provider && of_provider->half == KeyHalf::kPrivate &&
               of_provider->provider->takes_plain_files) {
      add_provider_file(*of_provider, key, file.expose());
    } else if (auto certificate = lone_certificate(file.expose())) {
      add_certificate({"key " + key.file, std::move(*certificate)}, file.expose());
    } else {
      keys_.push_back({key.file, open_private_key(key, file.expose(), reporter_)});
      if (const std::size_t count = count_keys(file.expose()); count > 1)
        reporter_.note("key " + key.file + ": only the first of its " + std::to_string(count) +
                       " keys is used");
    }
  }

  // A device that is absent or refuses the passphrase must not spoil the keys that work.
  void add_device_key(const NamedDeviceKey& key) {
    providers_->require(std::string(key.name.device->name));
    auto passphrase = read_device_passphrase(key, *providers_, reporter_);
    try {
      device_keys_.push_back(
          {key.name.shown(), open_device_key(providers_, key.name, std::move(passphrase))});
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      failed_keys_.push_back({key.name.shown(), error});
    }
  }

  void add_certificate_file(const std::string& recipient, const std::string& path) {
    const SecretBytes file = read_key_file(path);
    add_certificate({"recipient " + recipient, Certificate::parse(file.expose())}, file.expose());
  }

  void add_provider(const NamedProvider& provider) {
    parameters_[provider.name].push_back({provider.parameter});
  }

  KeyUnwrappers unwrappers(UnauthenticatedPackets unauthenticated) {
    // After the files: a device takes longer.
    std::ranges::move(device_keys_, std::back_inserter(keys_));
    check_any_key_works();
    for (const NamedCertificate& named : certificates_) check_has_key(named);
    KeyUnwrappers unwrappers;
    for (const NamedKey& named : keys_) {
      std::vector<Certificate> own;
      for (const auto& [name, certificate] : certificates_) {
        if (certificate.public_key().same_as(named.key.public_key())) own.push_back(certificate);
      }
      unwrappers.push_back(
          std::make_unique<PrivateKeyUnwrapper>(named.name, named.key, std::move(own), unauthenticated));
    }
    for (const FailedKey& failed : failed_keys_)
      unwrappers.push_back(std::make_unique<FailedDeviceKey>(failed.name, failed.failure));
    // Last: it is only asked, and a program only started, for what no key opened.
    unwrappers.push_back(std::make_unique<ProviderUnwrapper>(providers_, parameters_));
    return unwrappers;
  }

 private:
  // The program reads the file; the passphrase is given to it with each request.
  void add_provider_file(const ProviderKey& key, KeyString named, ByteView file) {
    const bool is_asked =
        named.from == PassphraseFrom::kNowhere && is_interactive() && is_locked_pgp_key(file);
    if (is_asked) named.from = PassphraseFrom::kPrompt;
    auto passphrase = read_passphrase(named, reporter_);
    warn_of_exposure("key", named.file, reporter_);
    parameters_[std::string(key.provider->name)].push_back(
        {named.file, passphrase ? std::make_shared<const SecretBytes>(std::move(*passphrase)) : nullptr});
  }

  void add_certificate(NamedCertificate named, ByteView file) {
    const std::size_t count = count_certificates(file);
    if (count > 1) {
      reporter_.note(named.name + ": only the first of its " + std::to_string(count) +
                     " certificates is used, " + named.certificate.description());
    }
    certificates_.push_back(std::move(named));
  }

  void check_any_key_works() const {
    const bool has_others = !keys_.empty() || !parameters_.empty() || !ProviderOptions::config().empty();
    if (!failed_keys_.empty() && !has_others) fail_with_device();
    for (const auto& [name, failure] : failed_keys_)
      reporter_.note("key " + name + ": " + failure.message() + "; the other keys are tried");
  }

  [[noreturn]] void fail_with_device() const {
    throw about_argument("key " + failed_keys_.front().name, failed_keys_.front().failure);
  }

  // A certificate only narrows down what its key is tried on. Alone it would silently do nothing.
  void check_has_key(const NamedCertificate& named) const {
    const bool has_key = std::ranges::any_of(keys_, [&](const NamedKey& key) {
      return named.certificate.public_key().same_as(key.key.public_key());
    });
    if (has_key) return;
    if (!failed_keys_.empty()) fail_with_device();
    throw Error(ErrorCode::kUsage,
                named.name + ": no key was given for the " + named.certificate.description(),
                "give its private key with -k as well");
  }

  std::shared_ptr<KeyProviders> providers_;
  Reporter& reporter_;
  std::vector<NamedKey> keys_;
  std::vector<NamedKey> device_keys_;
  std::vector<FailedKey> failed_keys_;  // of devices
  std::vector<NamedCertificate> certificates_;
  ProviderParameters parameters_;
};

// The key of a provider of ours, named without it; empty if it is not one, or one that needs no name.
std::string hint_for_key(const std::string& path) {
  try {
    const SecretBytes file = read_key_file(path);
    if (find_device_key(as_text(file.expose()), path)) return {};
    const auto key = find_provider_key(as_text(file.expose()));
    return key && key->half == KeyHalf::kPrivate ? "did you mean -k " + key->form(path) + "?" : "";
  } catch (const Error&) {
    return {};  // the file itself is what is wrong
  }
}

// `text`: FILE[:PASSPHRASEFORM].
void take_key_file(const Line& line, const std::string& text, Keyring& keyring, Reporter& reporter) {
  const KeyString key = parse_key_string(text);
  warn_of_visible_passphrase(key, line.place, reporter);
  try {
    keyring.add_file(key);
  } catch (const Error& error) {
    const Error about = about_argument("key " + key.file, error);
    const std::string meant = hint_for_key(key.file);
    throw Error(about.code(), about.message(), meant.empty() ? about.hint() : meant);
  }
}

void take_device_key(const Line& line, const NamedDeviceKey& key, Keyring& keyring, Reporter& reporter) {
  warn_of_visible_passphrase(key.passphrase, line.place, reporter);
  try {
    keyring.add_device_key(key);
  } catch (const Error& error) {
    throw about_argument("key " + key.name.shown(), error);
  }
}

// What is written after -k: a key that a device or a key provider holds, or a file.
struct NamedByUser {
  std::optional<NamedDeviceKey> device;
  std::optional<NamedProvider> provider;
  std::string file;  // FILE[:PASSPHRASEFORM]; empty: what the provider has is not a file for us
};

// "pgp:FILE:prompt" is a file as "FILE:prompt" is.
NamedByUser parse_named_key(const std::string& text) {
  if (auto device = parse_named_device_key(text)) return {std::move(device), std::nullopt, {}};
  const auto named = parse_scheme_string(text);
  if (!named || named->scheme->parse_key == nullptr) return {std::nullopt, std::nullopt, text};
  const bool takes_files = std::ranges::any_of(named->scheme->own_providers, &OwnProvider::takes_plain_files);
  return {std::nullopt, named->scheme->parse_key(named->value), takes_files ? named->value : ""};
}

void take_certificate(const std::string& text, Keyring& keyring) {
  try {
    const auto named = parse_scheme_string(text);
    if (!named || !named->scheme->heeds_certificates)
      throw Error(ErrorCode::kUsage, "not the certificate of a key", "write " + certificate_forms());
    keyring.add_certificate_file(text, named->value);
  } catch (const Error& error) {
    throw about_argument("recipient " + text, error);
  }
}

// What `take` throws, with the place of the key.
template <typename Take>
void at(const Line& line, Take take) {
  try {
    take();
  } catch (const Error& error) {
    if (line.place.empty()) throw;
    throw error.in(line.place);
  }
}

constexpr const char* kKeyVariable = "IMGCRYPT_KEY";

// Key providers inherit the environment, and it may hold passphrases. unsetenv() alone leaves the text where
// /proc/PID/environ shows it.
std::string take_key_variable() {
  char* value = std::getenv(kKeyVariable);
  if (value == nullptr) return {};
  std::string text(value);
  wipe({reinterpret_cast<std::uint8_t*>(value), text.size()});
  ::unsetenv(kKeyVariable);
  return text;
}

}  // namespace

void forget_key_variable() { (void)take_key_variable(); }

void KeyOptions::add_to(CLI::App& command) {
  variable_ = take_key_variable();
  make_repeatable(
      command.add_option("-k,--key,--decryption-key", keys,
                         "key to try: " + key_argument_help() + ", its certificate, or " + key_forms() +
                             "; can be given more than once (default: the lines of IMGCRYPT_KEY)"),
      "KEY");
  make_repeatable(command.add_option("--dec-recipient", certificates,
                                     "certificate of a private key: " + certificate_forms() +
                                         "; the key is then tried only on what was wrapped for it"),
                  "RECIPIENT");
  command.add_flag("--allow-legacy-cms", allow_legacy_cms,
                   "also accept PKCS7 packets with unauthenticated encryption (AES-CBC, 3DES)");
  providers.add_to(command);
}

bool KeyOptions::are_given() const { return !given_keys().empty(); }

std::vector<Line> KeyOptions::given_keys() const {
  if (keys.empty()) return lines_of_value(variable_, kKeyVariable);
  std::vector<Line> given;
  for (const std::string& key : keys) given.push_back({key, {}});
  return given;
}

KeyUnwrappers KeyOptions::read(Reporter& reporter) const {
  const std::vector<Line> given = given_keys();
  if (given.empty() && ProviderOptions::config().empty())
    throw Error(ErrorCode::kUsage, "no key was given",
                "give a private key with -k FILE, or -k " + key_forms());
  const auto opened = providers.open();
  Keyring keyring(opened, reporter);
  // Providers before files: a name that is not configured is known at once, before a passphrase is asked for.
  for (const Line& line : given) {
    at(line, [&] {
      const NamedByUser key = parse_named_key(line.text);
      if (key.device) return opened->require(std::string(key.device->name.device->name));
      if (!key.provider) return;
      if (!key.file.empty()) return opened->require(key.provider->name);
      check_provider_key(*key.provider, *opened, reporter);
      keyring.add_provider(*key.provider);
    });
  }
  for (const Line& line : given) {
    at(line, [&] {
      const NamedByUser key = parse_named_key(line.text);
      if (key.device) take_device_key(line, *key.device, keyring, reporter);
      if (!key.file.empty()) take_key_file(line, key.file, keyring, reporter);
    });
  }
  for (const std::string& certificate : certificates) take_certificate(certificate, keyring);
  note_config_problem(*opened, reporter);
  return keyring.unwrappers(allow_legacy_cms ? UnauthenticatedPackets::kAllowed
                                             : UnauthenticatedPackets::kRefused);
}

}  // namespace imgcrypt::cli

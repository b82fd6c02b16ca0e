#include "cli/options/key_options.hpp"

#include "cli/options/make_repeatable.hpp"
#include "cli/options/passphrase.hpp"
#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/key_string.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/scheme_help.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>

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

struct NamedCertificate {
  std::string name;
  Certificate certificate;
};

// The keys of a command line, sorted by what they are.
class Keyring {
 public:
  explicit Keyring(Reporter& reporter) : reporter_(reporter) {}

  void add_file(const KeyString& key) {
    const std::optional<SecretBytes> passphrase = read_passphrase(key);
    const SecretBytes file = read_key_file(key.file);
    if (auto certificate = lone_certificate(file.expose())) {
      add_certificate({"key " + key.file, std::move(*certificate)}, file.expose());
    } else {
      keys_.push_back({key.file, parse_private_key(file.expose(), passphrase ? &*passphrase : nullptr)});
      if (const std::size_t count = count_keys(file.expose()); count > 1)
        reporter_.note("key " + key.file + ": only the first of its " + std::to_string(count) +
                       " keys is used");
    }
  }

  void add_certificate_file(const std::string& recipient, const std::string& path) {
    const SecretBytes file = read_key_file(path);
    add_certificate({"recipient " + recipient, Certificate::parse(file.expose())}, file.expose());
  }

  void add_provider(const NamedProvider& provider) {
    parameters_[provider.name].push_back(provider.parameter);
  }

  KeyUnwrappers unwrappers(const std::shared_ptr<KeyProviders>& providers,
                           UnauthenticatedPackets unauthenticated) {
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
    // Last: it is only asked, and a program only started, for what no key opened.
    unwrappers.push_back(std::make_unique<ProviderUnwrapper>(providers, parameters_));
    return unwrappers;
  }

 private:
  void add_certificate(NamedCertificate named, ByteView file) {
    const std::size_t count = count_certificates(file);
    if (count > 1) {
      reporter_.note(named.name + ": only the first of its " + std::to_string(count) +
                     " certificates is used, " + named.certificate.description());
    }
    certificates_.push_back(std::move(named));
  }

  // A certificate only narrows down what its key is tried on. Alone it would silently do nothing.
  void check_has_key(const NamedCertificate& named) const {
    const bool has_key = std::ranges::any_of(keys_, [&](const NamedKey& key) {
      return named.certificate.public_key().same_as(key.key.public_key());
    });
    if (has_key) return;
    throw Error(ErrorCode::kUsage,
                named.name + ": no key was given for the " + named.certificate.description(),
                "give its private key with -k as well");
  }

  Reporter& reporter_;
  std::vector<NamedKey> keys_;
  std::vector<NamedCertificate> certificates_;
  ProviderParameters parameters_;
};

void take_key_file(const std::string& text, Keyring& keyring, Reporter& reporter) {
  const KeyString key = parse_key_string(text);
  warn_of_bare_passphrase(key, reporter);
  try {
    keyring.add_file(key);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    // Whatever is wrong with a key of the command line is an error of the command line, not of the image.
    throw Error(ErrorCode::kUsage, "key " + key.file + ": " + error.message(), error.hint());
  }
}

// The key of -k that a key provider holds; nullopt: it is a file.
std::optional<NamedProvider> parse_provider_key(const std::string& text) {
  const auto named = parse_scheme_string(text);
  if (!named || named->scheme->parse_key == nullptr) return std::nullopt;
  return named->scheme->parse_key(named->value);
}

void take_certificate(const std::string& text, Keyring& keyring) {
  try {
    const auto named = parse_scheme_string(text);
    if (!named || !named->scheme->heeds_certificates)
      throw Error(ErrorCode::kUsage, "not the certificate of a key", "write " + certificate_forms());
    keyring.add_certificate_file(text, named->value);
  } catch (const Error& error) {
    throw Error(ErrorCode::kUsage, "recipient " + text + ": " + error.message(), error.hint());
  }
}

}  // namespace

void KeyOptions::add_to(CLI::App& command) {
  make_repeatable(command.add_option("-k,--key,--decryption-key", keys,
                                     "key to try: FILE with a private key (if it has a passphrase, followed "
                                     "by :file=PASSPHRASEFILE, :fd=N, "
                                     ":env=VARIABLE, :prompt or :pass=PASSPHRASE), its certificate, or " +
                                         key_forms() + "; can be given more than once"),
                  "KEY");
  make_repeatable(command.add_option("--dec-recipient", certificates,
                                     "certificate of a private key: " + certificate_forms() +
                                         "; the key is then tried only on what was wrapped for it"),
                  "RECIPIENT");
  command.add_flag("--allow-legacy-cms", allow_legacy_cms,
                   "also accept PKCS7 packets with unauthenticated encryption (AES-CBC, 3DES)");
  providers.add_to(command);
}

KeyUnwrappers KeyOptions::read(Reporter& reporter) const {
  if (keys.empty() && ProviderOptions::config().empty())
    throw Error(ErrorCode::kUsage, "no key was given",
                "give a private key with -k FILE, or -k " + key_forms());
  const auto opened = providers.open();
  Keyring keyring(reporter);
  // Providers before files: a name that is not configured is known at once, before a passphrase is asked for.
  for (const std::string& text : keys) {
    const auto provider = parse_provider_key(text);
    if (!provider) continue;
    opened->require(provider->name);
    keyring.add_provider(*provider);
  }
  for (const std::string& text : keys) {
    if (!parse_provider_key(text)) take_key_file(text, keyring, reporter);
  }
  for (const std::string& certificate : certificates) take_certificate(certificate, keyring);
  return keyring.unwrappers(
      opened, allow_legacy_cms ? UnauthenticatedPackets::kAllowed : UnauthenticatedPackets::kRefused);
}

}  // namespace imgcrypt::cli

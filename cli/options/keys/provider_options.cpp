#include "cli/options/keys/provider_options.hpp"

#include <cstdlib>
#include <filesystem>

namespace imgcrypt::cli {

void ProviderOptions::add_to(CLI::App& command) {
  command
      .add_option(
          "--provider-timeout", timeout,
          "how long to wait for each answer of a key provider (default: " + std::to_string(timeout) + ")")
      ->check(CLI::Range(1U, 3600U))
      ->type_name("SECONDS");
  command
      .add_option("--gpg-homedir", gpg_home,
                  "GnuPG's home directory, for recipients and keys of pgp: (default: GNUPGHOME, ~/.gnupg)")
      ->check(CLI::Validator(CLI::ExistingDirectory).description(""))
      ->type_name("DIR");
}

std::string ProviderOptions::config() {
  const char* file = std::getenv("OCICRYPT_KEYPROVIDER_CONFIG");
  return file == nullptr ? std::string() : std::string(file);
}

void note_config_problem(KeyProviders& providers, Reporter& reporter) {
  if (const auto problem = providers.config_problem())
    reporter.note(problem->message() + "; only our own key providers can be used");
}

std::shared_ptr<KeyProviders> ProviderOptions::open() const {
  // Absolute: GnuPG puts its sockets' names together with it.
  if (!gpg_home.empty()) ::setenv("GNUPGHOME", std::filesystem::absolute(gpg_home).c_str(), 1);
  ProviderSettings settings;
  settings.config = config();
  settings.libexec = libexec_directory();
  settings.limits.time = std::chrono::seconds(timeout);
  return std::make_shared<KeyProviders>(std::move(settings));
}

}  // namespace imgcrypt::cli

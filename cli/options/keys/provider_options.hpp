// How key providers are found, how long they may take and where GnuPG has its keys: --provider-timeout,
// OCICRYPT_KEYPROVIDER_CONFIG and --gpg-homedir.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace imgcrypt::cli {

struct ProviderOptions {
  std::string gpg_home;                        // GnuPG's home directory; empty: GNUPGHOME, or the default
  unsigned timeout{kProviderTimeout.count()};  // seconds for one answer, 1 to 3600

  void add_to(CLI::App& command);
  // The configuration file that the environment names; empty if it names none. Read here and not in the
  // library, which looks at no environment.
  [[nodiscard]] static std::string config();
  // Sets GNUPGHOME if --gpg-homedir is given, as the providers inherit the
  // environment. Starts no program and does not read the configuration yet, so a broken one is only an error
  // where a provider is needed; see KeyProviders. The wrappers and unwrappers that are made with it share it.
  [[nodiscard]] std::shared_ptr<KeyProviders> open() const;
};

// Says why the configuration cannot be used, if it had to be read: that was no error where only our own
// providers were needed.
void note_config_problem(KeyProviders& providers, Reporter& reporter);

}  // namespace imgcrypt::cli

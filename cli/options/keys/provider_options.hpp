// How key providers are found and how long they may take: --provider-timeout and OCICRYPT_KEYPROVIDER_CONFIG.
#pragma once

#include "image/reporter.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace imgcrypt::cli {

struct ProviderOptions {
  unsigned timeout{kProviderTimeout.count()};  // seconds for one answer, 1 to 3600

  void add_to(CLI::App& command);
  // The configuration file that the environment names; empty if it names none. Read here and not in the
  // library, which looks at no environment.
  [[nodiscard]] static std::string config();
  // Starts no program and does not read the configuration yet, so a broken one is only an error where a
  // provider is needed; see KeyProviders. The wrappers and unwrappers that are made with it share it.
  [[nodiscard]] std::shared_ptr<KeyProviders> open() const;
};

// Says why the configuration cannot be used, if it had to be read: that was no error where only our own
// providers were needed.
void note_config_problem(KeyProviders& providers, Reporter& reporter);

}  // namespace imgcrypt::cli

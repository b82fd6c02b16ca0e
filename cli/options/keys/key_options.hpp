// The keys that a command opens layers with: --key, --dec-recipient, --allow-legacy-cms and the options of
// key providers.
#pragma once

#include "cli/options/keys/lines.hpp"
#include "cli/options/keys/provider_options.hpp"
#include "image/reporter.hpp"
#include "keywrap/key_wrapper.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct KeyOptions {
  // Both may be empty: configured key providers may have the key. Neither is looked at before read().
  std::vector<std::string> keys;          // as given; they may hold passphrases. Empty: those of IMGCRYPT_KEY
  std::vector<std::string> certificates;  // pkcs7:CERTIFICATE, as given
  // PKCS7 packets whose content nothing authenticates: whoever can change one chooses what comes out of it.
  bool allow_legacy_cms = false;
  ProviderOptions providers;

  // Takes IMGCRYPT_KEY out of the environment.
  void add_to(CLI::App& command);
  // Whether there are keys, from -k or IMGCRYPT_KEY. A certificate alone opens nothing, and key providers are
  // not asked.
  [[nodiscard]] bool are_given() const;
  // Reads the key files, asks for their passphrases on the terminal, and consumes what :fd and :env name:
  // call once. The order is that of the options, providers last. Throws kUsage, naming the
  // key, if one cannot be used, or if there is neither a key nor a configured key provider; kCancelled if the
  // user gives up at a prompt; as KeyProviders::require.
  [[nodiscard]] KeyUnwrappers read(Reporter& reporter) const;

 private:
  [[nodiscard]] std::vector<Line> given_keys() const;

  std::string variable_;  // what IMGCRYPT_KEY held
};

// For commands without these options, which may start key providers as well.
void forget_key_variable();

}  // namespace imgcrypt::cli

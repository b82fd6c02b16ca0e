// The keys that a command opens layers with: --key, --dec-recipient, --allow-legacy-cms and the options of
// key providers.
#pragma once

#include "cli/options/provider_options.hpp"
#include "image/reporter.hpp"
#include "keywrap/key_wrapper.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct KeyOptions {
  std::vector<std::string> keys;          // as given; they may hold passwords
  std::vector<std::string> certificates;  // pkcs7:CERTIFICATE, as given
  bool allow_legacy_cms = false;
  ProviderOptions providers;

  void add_to(CLI::App& command);
  [[nodiscard]] bool are_given() const noexcept { return !keys.empty(); }
  // Reads the key files, asks for their passphrases on the terminal, and consumes what :fd and :env name:
  // call once. The order is that of the options, providers last. Throws kUsage, naming the key, if one
  // cannot be used, or if there is neither a key nor a configured key provider; kCancelled if the user gives
  // up at a prompt; as KeyProviders::require.
  [[nodiscard]] KeyUnwrappers read(Reporter& reporter) const;
};

}  // namespace imgcrypt::cli

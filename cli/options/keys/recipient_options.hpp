// --recipient, --recipients-file, IMGCRYPT_RECIPIENTS and --hide-recipients: whom a command encrypts for.
#pragma once

#include "cli/options/keys/provider_options.hpp"
#include "image/reporter.hpp"
#include "keywrap/key_wrapper.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct RecipientOptions {
  // Together they are the recipients; if both are empty, those of IMGCRYPT_RECIPIENTS are.
  std::vector<std::string> recipients;  // SCHEME:KEY, as given
  std::vector<std::string> files;       // with one SCHEME:KEY a line
  bool are_hidden = false;

  void add_to(CLI::App& command);
  // Reads the files, and those that the recipients name; passes notes about them to the reporter. Throws
  // kUsage if there is no recipient, as read_lines and parse_recipients. The wrappers share the key providers
  // that are opened here, and keep them alive.
  [[nodiscard]] KeyWrappers read(const ProviderOptions& providers, Reporter& reporter) const;
};

}  // namespace imgcrypt::cli

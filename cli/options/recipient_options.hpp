// --recipient and --hide-recipients: whom a command encrypts for.
#pragma once

#include "cli/options/provider_options.hpp"
#include "image/reporter.hpp"
#include "keywrap/key_wrapper.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace imgcrypt::cli {

struct RecipientOptions {
  std::vector<std::string> recipients;  // SCHEME:KEY, as given
  bool are_hidden = false;

  // The parser insists on at least one recipient.
  void add_to(CLI::App& command);
  // Reads the files that the recipients name; passes notes about them to the reporter. Throws as
  // parse_recipients. The wrappers share the key providers that are opened here, and keep them alive.
  [[nodiscard]] KeyWrappers read(const ProviderOptions& providers, Reporter& reporter) const;
};

}  // namespace imgcrypt::cli

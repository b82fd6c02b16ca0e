// How a command talks to registries: whose credentials, whom it trusts, how long it waits. For one image, or
// for both sides of a command that writes one, with skopeo's names. Like every option struct, it must outlive
// the parsing.
#pragma once

#include "cli/terminal/output.hpp"
#include "transport/registry/registry_options.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>

namespace imgcrypt::cli {

// What a command needs of them: `login` brings its own credentials.
enum class RegistrySides { kLogin, kOne, kBoth };

struct RegistryArguments {
  // What may differ between the sides.
  struct Side {
    std::string authfile = {};             // empty: not given
    std::string creds = {};                // USER[:PASSWORD] as given
    std::string creds_option = "--creds";  // where it was given, for messages
    bool no_creds = false;
    std::optional<bool> verifies_tls = {};
    std::string cert_dir = {};
  };
  Side common;
  // These win over the common ones.
  Side source{.creds_option = "--src-creds"};
  Side destination{.creds_option = "--dest-creds"};
  std::string ca_file;
  int retries = 3;
  unsigned timeout = 30;   // seconds
  std::string rate_limit;  // bytes per second, with a suffix; empty: none
  bool is_debug = false;

  void add_to(CLI::App& command, RegistrySides sides);

  // All of the following ask for a password that --creds leaves out, on the terminal, and warn of one that is
  // there; `output` must outlive the result. Throws kUsage for values that cannot be used, and as
  // prompt_passphrase. Files with credentials are read when a registry wants to know.
  [[nodiscard]] RegistryOptions one(Output& output) const;
  struct Both {
    RegistryOptions source;
    RegistryOptions destination;
  };
  [[nodiscard]] Both both(Output& output) const;

 private:
  [[nodiscard]] RegistryOptions without_credentials(const Side& side,
                                                    std::function<void(const std::string&)> warn,
                                                    Output& output) const;
};

}  // namespace imgcrypt::cli

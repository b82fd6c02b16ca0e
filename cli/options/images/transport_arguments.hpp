// The options that say how stores are opened, whatever is in them: --follow-links, those of registries and
// --tmpdir. Every command that opens an image has them. Like every option struct, it must outlive the
// parsing.
#pragma once

#include "cli/options/images/links_option.hpp"
#include "cli/options/images/registry_options.hpp"
#include "cli/options/images/tmpdir_option.hpp"
#include "cli/terminal/output.hpp"
#include "transport/transport_options.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

struct TransportArguments {
  LinksOption links;
  RegistryArguments registry;
  TmpdirOption tmpdir;

  // REQUIRES: `sides` is kOne or kBoth.
  void add_to(CLI::App& command, RegistrySides sides);

  // What stores warn of goes to the output, which must outlive the result. Both throw as RegistryArguments's.
  [[nodiscard]] TransportOptions one(Output& output) const;
  struct Both {
    TransportOptions source;
    TransportOptions destination;
  };
  [[nodiscard]] Both both(Output& output) const;

 private:
  [[nodiscard]] TransportOptions with(RegistryOptions options, Output& output) const;
};

}  // namespace imgcrypt::cli

// The options and the exit status that our key providers share.
#pragma once

#include "keyprovider/serve.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::keyprovider {

struct ServeOptions {
  std::string name;  // whose parameters in a request are ours
  bool is_kept_open = false;
};

// --name, --serve and --version. `options` must outlive the parsing.
void add_serve_options(CLI::App& app, ServeOptions& options);

void serve(KeyProvider& provider, const ServeOptions& options);

// Parses, which runs the callbacks of `app`; failures end as one line on stderr. The process's exit status.
[[nodiscard]] int run_command_line(CLI::App& app, int argc, char** argv);

}  // namespace imgcrypt::keyprovider

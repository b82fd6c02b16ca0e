// The options and the exit status that our key providers share. Their mains add their own options and end
// with run_command_line.
#pragma once

#include "keyprovider/key_places.hpp"
#include "keyprovider/serve.hpp"
#include "keys/key_pair_files.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace imgcrypt::keyprovider {

struct ServeOptions {
  // Whose parameters in a request are ours: the name that the user configured, which need not be the default.
  std::string name;
  bool is_kept_open = false;  // --serve: many requests, a line each
};

// --name, --serve and --version. `options` holds the defaults and must outlive the parsing.
void add_serve_options(CLI::App& app, ServeOptions& options);

// --key and --keys. `places` must outlive the parsing.
void add_key_options(CLI::App& app, KeyPlaces& places);

// What a provider does whose keys are files. Both return the public keys as lines, which are printed.
struct KeyFileCommands {
  std::function<std::string(const std::string& file, IfPresent if_present)> generate;
  std::function<std::string(const std::string& file)> publish;
  std::string published;  // completes "print the public key of ..." in the help
};

// The subcommands `generate` and `public`. With neither, `app` serves.
void add_key_file_commands(CLI::App& app, KeyFileCommands commands);

// serve_lines or serve_one, as the options say.
void serve(KeyProvider& provider, const ServeOptions& options);

// prepare_process, and then the parsing, which runs the callbacks of `app`. Returns the exit status: 0; 128
// and the signal's number for what a signal ended; 1 for any other failure, which is one line on stderr.
// REQUIRES: no file has been opened.
[[nodiscard]] int run_command_line(CLI::App& app, int argc, char** argv);

}  // namespace imgcrypt::keyprovider

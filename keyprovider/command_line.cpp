#include "keyprovider/command_line.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "base/process/start.hpp"
#include "keys/key_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <sstream>
#include <utility>

namespace imgcrypt::keyprovider {
namespace {

int fail(const CLI::App& app, const Error& error) {
  // As a shell reports what a signal ended, so that a caller can tell a cancel from a refusal.
  const int status = cancel_signal() != 0 ? 128 + cancel_signal() : 1;
  try {
    say(app.get_name(), "error", describe(error));
  } catch (const Error&) {
    return status;  // nobody listens
  }
  return status;
}

// --help and --version, and arguments that are wrong.
int end_parsing(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0)
    return fail(app, Error(ErrorCode::kUsage, error.what(), "see " + app.get_name() + " --help"));
  std::ostringstream text;
  // Into a text first: the parser's own stream would not report a full disk.
  (void)app.exit(error, text, text);
  write_all(STDOUT_FILENO, as_bytes(text.str()), "stdout");
  return 0;
}

int parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    return end_parsing(app, error);
  }
}

}  // namespace

void add_serve_options(CLI::App& app, ServeOptions& options) {
  app.add_option("--name", options.name, "the provider's name in requests (default: " + options.name + ")")
      ->type_name("NAME");
  app.add_flag("--serve", options.is_kept_open, "answer one request a line until stdin ends");
  app.set_version_flag("--version", app.get_name() + " " IMGCRYPT_VERSION);
}

void add_key_options(CLI::App& app, KeyPlaces& places) {
  app.add_option("--key", places.files, "secret key to open with; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--keys", places.directories, "directory of secret keys, each a file NAME.key")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

void add_key_file_commands(CLI::App& app, KeyFileCommands commands) {
  struct State {
    KeyFileCommands commands;
    std::string file;
    bool is_forced = false;
  };
  // Shared by the callbacks, which outlive this call.
  const auto state = std::make_shared<State>();
  state->commands = std::move(commands);
  const auto print = [](const std::string& lines) { write_all(STDOUT_FILENO, as_bytes(lines), "stdout"); };

  CLI::App* const generating = app.add_subcommand("generate", "make a key: FILE and FILE.pub");
  generating->add_option("FILE", state->file, "where the secret key goes")->required();
  generating->add_flag("--force", state->is_forced, "replace a key that is there");
  generating->callback([state, print] {
    const IfPresent if_present = state->is_forced ? IfPresent::kReplace : IfPresent::kRefuse;
    print(state->commands.generate(state->file, if_present));
  });

  CLI::App* const publishing =
      app.add_subcommand("public", "print the public key of " + state->commands.published);
  publishing->add_option("FILE", state->file, "key file")->required();
  publishing->callback([state, print] { print(state->commands.publish(state->file)); });
  app.require_subcommand(0, 1);
}

void serve(KeyProvider& provider, const ServeOptions& options) {
  if (options.is_kept_open)
    serve_lines(provider, options.name);
  else
    serve_one(provider, options.name);
}

int run_command_line(CLI::App& app, int argc, char** argv) {
  try {
    prepare_process();
    refuse_key_text(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    return parse(app, argc, argv);
  } catch (const Error& error) {
    return fail(app, error);
  } catch (const std::exception& error) {
    return fail(app, Error(ErrorCode::kOther, error.what()));
  }
}

}  // namespace imgcrypt::keyprovider

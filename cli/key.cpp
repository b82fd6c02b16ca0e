#include "cli/key.hpp"

namespace imgcrypt::cli {

void add_key(CLI::App& app, Output& output) {
  CLI::App* command = app.add_subcommand("key", "Make keys, and show what is in key files");
  command->require_subcommand(1);
  add_key_generate(*command, output);
  add_key_show(*command, output);
}

}  // namespace imgcrypt::cli

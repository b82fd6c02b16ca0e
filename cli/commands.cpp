#include "cli/commands.hpp"

namespace imgcrypt::cli {
namespace {

// A command that only has other commands below it.
CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& description) {
  return *app.add_subcommand(name, description)->require_subcommand(1);
}

}  // namespace

void add_commands(CLI::App& app, Output& output) {
  add_encrypt(app, output);
  add_decrypt(app, output);
  add_check(app, output);

  CLI::App& recipients = add_group(app, "recipients", "List and change who can decrypt an image");
  add_recipients_list(recipients, output);
  add_recipients_add(recipients, output);
  add_recipients_replace(recipients, output);
  add_recipients_remove(recipients, output);

  add_inspect(app, output);
  add_tags(app, output);
  add_gc(app, output);
  add_login(app, output);
  add_logout(app, output);

  CLI::App& key = add_group(app, "key", "Generate keys and show what key files contain");
  add_key_generate(key, output);
  add_key_public(key, output);
  add_key_show(key, output);

  CLI::App& provider = add_group(app, "provider", "List and test key providers");
  add_provider_list(provider, output);
  add_provider_test(provider, output);

  add_help(app, output);
  add_version(app, output);
  add_completion(app, output);
  add_man(app, output);
}

}  // namespace imgcrypt::cli

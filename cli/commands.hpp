// The commands of imgcrypt. Each add_... registers one command with its options and a callback, which runs
// when the parser has chosen the command, gives its result to the output and throws Error on failure.
// `output` and the parser must outlive each other's last use: both live in main until the end of the program.
#pragma once

#include "cli/terminal/output.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

// The whole tree of commands, in the order in which --help lists them.
void add_commands(CLI::App& app, Output& output);

// The callback shares the ownership of its arguments, so it may run after the function has returned.
void add_encrypt(CLI::App& app, Output& output);
void add_decrypt(CLI::App& app, Output& output);
void add_check(CLI::App& app, Output& output);
void add_inspect(CLI::App& app, Output& output);
void add_tags(CLI::App& app, Output& output);
void add_gc(CLI::App& app, Output& output);
void add_login(CLI::App& app, Output& output);
void add_logout(CLI::App& app, Output& output);

// `recipients`, `key` and `provider` are the groups that add_commands made, not the whole program.
void add_recipients_list(CLI::App& recipients, Output& output);
void add_recipients_add(CLI::App& recipients, Output& output);
void add_recipients_replace(CLI::App& recipients, Output& output);
void add_recipients_remove(CLI::App& recipients, Output& output);

void add_key_generate(CLI::App& key, Output& output);
void add_key_public(CLI::App& key, Output& output);
void add_key_show(CLI::App& key, Output& output);

void add_provider_list(CLI::App& provider, Output& output);
void add_provider_test(CLI::App& provider, Output& output);

// What imgcrypt says of itself. `app` is the whole program: these look at all of its commands when they run.
void add_help(CLI::App& app, Output& output);
void add_version(CLI::App& app, Output& output);
void add_completion(CLI::App& app, Output& output);
void add_man(CLI::App& app, Output& output);

// The argument of `help` and `man`: the names of a command and of those above it.
inline constexpr std::string_view kCommandPath = "COMMAND";

}  // namespace imgcrypt::cli

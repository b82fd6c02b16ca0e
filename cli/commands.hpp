// The commands of imgcrypt. Each define_... gives one command its arguments, its options and a callback,
// which runs when the parser has chosen the command, gives its result to the output and throws Error on
// failure. `output` and the parser must outlive each other's last use: both live in main until the end of the
// program.
#pragma once

#include "cli/terminal/output.hpp"

#include <CLI/CLI.hpp>

#include <span>
#include <string>
#include <string_view>

namespace imgcrypt::cli {

// The whole tree of commands, in the order in which --help lists them. `arguments` do not have the
// program's name; commands that they cannot be about get a name and a description only, since making all
// options takes longer than reading a small image's documents.
void add_commands(CLI::App& app, std::span<const std::string> arguments, Output& output);

// The callback shares the ownership of its arguments, so it may run after the function has returned.
void define_encrypt(CLI::App& command, Output& output);
void define_decrypt(CLI::App& command, Output& output);
void define_copy(CLI::App& command, Output& output);
void define_check(CLI::App& command, Output& output);
void define_inspect(CLI::App& command, Output& output);
void define_tags(CLI::App& command, Output& output);
void define_gc(CLI::App& command, Output& output);
void define_login(CLI::App& command, Output& output);
void define_logout(CLI::App& command, Output& output);

void define_recipients_list(CLI::App& command, Output& output);
void define_recipients_add(CLI::App& command, Output& output);
void define_recipients_replace(CLI::App& command, Output& output);
void define_recipients_remove(CLI::App& command, Output& output);

void define_key_generate(CLI::App& command, Output& output);
void define_key_public(CLI::App& command, Output& output);
void define_key_show(CLI::App& command, Output& output);

void define_provider_list(CLI::App& command, Output& output);
void define_provider_test(CLI::App& command, Output& output);

void define_config_containerd(CLI::App& command, Output& output);
void define_config_crio(CLI::App& command, Output& output);
void define_config_decoder(CLI::App& command, Output& output);
void define_config_docker(CLI::App& command, Output& output);
void define_config_k3s(CLI::App& command, Output& output);
void define_config_keys(CLI::App& command, Output& output);

void define_doctor(CLI::App& command, Output& output);

// What imgcrypt says of itself. These look at the commands beside them when they run.
void define_help(CLI::App& command, Output& output);
void define_version(CLI::App& command, Output& output);
void define_completion_script(CLI::App& command, Output& output);  // for the shell of the same name
void define_man(CLI::App& command, Output& output);

// The argument of `help` and `man`: the names of a command and of those above it.
inline constexpr std::string_view kCommandPath = "COMMAND";

}  // namespace imgcrypt::cli

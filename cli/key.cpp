#include "base/child_process.hpp"
#include "cli/command.hpp"

#include <imgcrypt/error.hpp>

#include <filesystem>
#include <memory>

namespace imgcrypt::cli {
namespace {

struct Options {
  std::string file;
  bool force = false;
};

// The key provider knows its keys; its result is the public key, the recipient to encrypt for.
void generate_sodium(const Options& options, Output& output) {
  for (const std::string& file : {options.file, options.file + ".pub"}) {
    if (options.force || !std::filesystem::exists(file)) continue;
    throw Error(ErrorCode::kRefused, file + " is there already",
                "choose another name, or replace it with --force");
  }
  Program program{libexec_directory() + "/keyprovider-sodium", {"generate"}};
  if (options.force) program.arguments.emplace_back("--force");
  program.arguments.insert(program.arguments.end(), {"--", options.file});
  DeathWatch watch;
  const SecretBytes printed = ChildProcess(program, {}, watch).finish({});
  std::string public_key(as_text(printed.expose()));
  while (public_key.ends_with('\n')) public_key.pop_back();
  JsonObject result;
  result.add("file", options.file).add("publicFile", options.file + ".pub").add("publicKey", public_key);
  output.print_result(public_key, result);
}

}  // namespace

void add_key(CLI::App& app, Output& output) {
  CLI::App* command = app.add_subcommand("key", "Make keys");
  command->require_subcommand(1);
  CLI::App* generate = command->add_subcommand("generate", "Make a key pair");
  generate->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* sodium = generate->add_subcommand(
      "sodium", "For provider:sodium (X25519): the secret key in FILE, the public one in FILE.pub");
  sodium->add_option("FILE", options->file, "file to write, readable by its owner alone")->required();
  sodium->add_flag("--force", options->force, "replace files that exist");
  sodium->callback([options, &output] { generate_sodium(*options, output); });
}

}  // namespace imgcrypt::cli

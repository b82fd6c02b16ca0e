#include "base/process/child_process.hpp"
#include "cli/commands.hpp"
#include "cli/options/passphrase.hpp"
#include "keys/key.hpp"
#include "keys/key_pair_files.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <imgcrypt/error.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

struct GenerateArguments {
  std::string file;
  std::string passphrase;
  std::string curve = "P-256";
  int bits = 3072;
  bool force = false;
};

// The files are looked for before a key is made and a passphrase asked for, as both take long.
void generate_jwe(const GenerateArguments& options, const std::function<PrivateKey()>& make, Output& output) {
  if (!options.force) check_key_pair_absent(options.file);
  std::optional<SecretBytes> passphrase;
  if (!options.passphrase.empty()) passphrase = read_new_passphrase(options.file, options.passphrase);
  const PrivateKey key = make();
  write_key_pair(options.file, key.to_pem(passphrase ? &*passphrase : nullptr).expose(),
                 as_bytes(key.public_key().to_pem()),
                 options.force ? IfPresent::kReplace : IfPresent::kRefuse);
  const std::string recipient = "jwe:" + options.file + ".pub";
  JsonObject result;
  result.add("file", options.file)
      .add("publicFile", options.file + ".pub")
      .add("recipient", recipient)
      .add("fingerprint", key.public_key().thumbprint());
  output.print_result(recipient, result);
}

// The key provider knows its keys; its result is the public key, the recipient to encrypt for.
void generate_sodium(const GenerateArguments& options, Output& output) {
  if (!options.force) check_key_pair_absent(options.file);
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

CLI::App* add_kind(CLI::App& generate, const std::string& name, const std::string& description,
                   const std::shared_ptr<GenerateArguments>& options) {
  CLI::App* kind = generate.add_subcommand(name, description);
  kind->add_option("FILE", options->file, "file to write, readable by its owner alone")->required();
  kind->add_flag("--force", options->force, "replace files that exist");
  return kind;
}

void add_passphrase(CLI::App& kind, const std::shared_ptr<GenerateArguments>& options) {
  kind.add_option("--passphrase", options->passphrase,
                  "encrypt the private key: file=PASSWORDFILE, fd=N, env=VARIABLE or prompt")
      ->type_name("WHERE");
}

}  // namespace

void add_key_generate(CLI::App& key, Output& output) {
  CLI::App* generate =
      key.add_subcommand("generate", "Make a key pair: the private key in FILE, the public one in FILE.pub");
  generate->require_subcommand(1);
  const auto options = std::make_shared<GenerateArguments>();

  CLI::App* rsa = add_kind(*generate, "jwe-rsa", "An RSA key for jwe:FILE.pub", options);
  rsa->add_option("--bits", options->bits, "size, 2048 to 16384 (default: 3072)")
      ->check(CLI::Range(2048, 16384))
      ->type_name("N");
  add_passphrase(*rsa, options);
  rsa->callback([options, &output] {
    generate_jwe(*options, [&] { return PrivateKey::generate_rsa(options->bits); }, output);
  });

  CLI::App* ec = add_kind(*generate, "jwe-ec", "An elliptic curve key for jwe:FILE.pub", options);
  ec->add_option("--curve", options->curve, "P-256 (default), P-384 or P-521")
      ->check(CLI::IsMember({"P-256", "P-384", "P-521"}))
      ->type_name("CURVE");
  add_passphrase(*ec, options);
  ec->callback([options, &output] {
    generate_jwe(*options, [&] { return PrivateKey::generate_ec(options->curve); }, output);
  });

  CLI::App* sodium = add_kind(*generate, "sodium", "An X25519 key for provider:sodium:FILE.pub", options);
  sodium->callback([options, &output] { generate_sodium(*options, output); });
}

}  // namespace imgcrypt::cli

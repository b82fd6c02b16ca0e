#include "base/process/child_process.hpp"
#include "cli/commands.hpp"
#include "cli/options/passphrase.hpp"
#include "keys/key.hpp"
#include "keys/key_pair_files.hpp"
#include "keywrap/provider/key_providers.hpp"

#include <imgcrypt/error.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

struct GenerateArguments {
  std::string file;
  std::string passphrase;
  std::string curve = "P-256";
  int bits = 3072;  // as strong as AES-128 (NIST SP 800-57 part 1, table 2)
  bool force = false;
};

// The files could not be written later, and making a key or asking for a passphrase takes long.
void check_place(const GenerateArguments& options) {
  const std::filesystem::path folder = std::filesystem::absolute(options.file).parent_path();
  std::error_code none;
  if (!std::filesystem::is_directory(folder, none))
    throw Error(ErrorCode::kUsage, options.file + ": the directory above it is missing", "create it first");
  if (!options.force) check_key_pair_absent(options.file);
}

void generate_jwe(const GenerateArguments& options, const std::function<PrivateKey()>& make, Output& output) {
  check_place(options);
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

// The key provider makes its own keys. It prints the public key, which is the recipient to encrypt for.
void generate_sodium(const GenerateArguments& options, Output& output) {
  check_place(options);
  Program program{libexec_directory() + "/keyprovider-sodium", {"generate"}};
  if (options.force) program.arguments.emplace_back("--force");
  // "--", as FILE may begin with a dash.
  program.arguments.insert(program.arguments.end(), {"--", options.file});
  DeathWatch watch;  // ends the program if we are killed
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
  kind->add_option("FILE", options->file, "file for the private key, readable only by its owner")->required();
  kind->add_flag("--force", options->force, "replace existing files");
  return kind;
}

void add_passphrase(CLI::App& kind, const std::shared_ptr<GenerateArguments>& options) {
  kind.add_option(
          "--passphrase", options->passphrase,
          "encrypt the private key with a passphrase from file=PASSWORDFILE, fd=N, env=VARIABLE or prompt")
      ->type_name("WHERE");
}

}  // namespace

void add_key_generate(CLI::App& key, Output& output) {
  CLI::App* generate = key.add_subcommand(
      "generate", "Generate a key pair: the private key in FILE, the public key in FILE.pub");
  generate->require_subcommand(1);
  const auto options = std::make_shared<GenerateArguments>();

  CLI::App* rsa =
      add_kind(*generate, "jwe-rsa", "RSA key pair; encrypt for it with -r jwe:FILE.pub", options);
  rsa->add_option("--bits", options->bits, "key size, 2048 to 16384 (default: 3072)")
      ->check(CLI::Range(2048, 16384))
      ->type_name("N");
  add_passphrase(*rsa, options);
  rsa->callback([options, &output] {
    generate_jwe(*options, [&] { return PrivateKey::generate_rsa(options->bits); }, output);
  });

  CLI::App* ec =
      add_kind(*generate, "jwe-ec", "Elliptic curve key pair; encrypt for it with -r jwe:FILE.pub", options);
  ec->add_option("--curve", options->curve, "P-256 (the default), P-384 or P-521")
      ->check(CLI::IsMember({"P-256", "P-384", "P-521"}))
      ->type_name("CURVE");
  add_passphrase(*ec, options);
  ec->callback([options, &output] {
    generate_jwe(*options, [&] { return PrivateKey::generate_ec(options->curve); }, output);
  });

  CLI::App* sodium = add_kind(*generate, "sodium",
                              "X25519 key pair; encrypt for it with -r provider:sodium:FILE.pub", options);
  sodium->callback([options, &output] { generate_sodium(*options, output); });
}

}  // namespace imgcrypt::cli

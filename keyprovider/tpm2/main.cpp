#include "base/process/fd.hpp"
#include "keyprovider/command_line.hpp"
#include "keyprovider/tpm2/provider.hpp"

#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

constexpr std::size_t kMostAuthBytes = 1024;  // more than any TPM takes, which says so

// As tpm2-tools find it.
std::string configured_tcti() {
  const char* const named = std::getenv("TPM2TOOLS_TCTI");
  return named == nullptr || *named == '\0' ? kDefaultTcti : named;
}

struct GenerateOptions {
  std::string file;
  bool is_rsa = false;
  bool has_auth = false;
  bool is_forced = false;
};

void generate(const GenerateOptions& options) {
  std::optional<SecretBytes> auth;
  if (options.has_auth) auth = read_secret(STDIN_FILENO, kMostAuthBytes, "stdin");
  const std::string public_pem = write_new_key(
      configured_tcti(), options.file, options.is_rsa ? NewKeyKind::kRsa2048 : NewKeyKind::kP256,
      auth ? &*auth : nullptr, options.is_forced ? IfPresent::kReplace : IfPresent::kRefuse);
  write_all(STDOUT_FILENO, as_bytes(public_pem), "stdout");
}

void add_generate(CLI::App& app) {
  const auto options = std::make_shared<GenerateOptions>();
  CLI::App* const command = app.add_subcommand("generate", "make a key in the TPM: FILE and FILE.pub");
  command->add_option("FILE", options->file, "where the private key goes, as only the TPM can read it")
      ->required();
  command->add_flag("--rsa", options->is_rsa, "RSA with 2048 bits instead of P-256");
  command->add_flag("--auth", options->has_auth, "read an authorization value for it from stdin");
  command->add_flag("--force", options->is_forced, "replace a key that is there");
  command->callback([options] { generate(*options); });
}

int run(int argc, char** argv) {
  // The library would write its own lines to stderr.
  ::setenv("TSS2_LOG", "all+none", 0);
  CLI::App app("Uses private keys that a TPM 2.0 holds, for imgcrypt -k tpm2:HANDLE|FILE.",
               "keyprovider-tpm2");
  ServeOptions options{.name = "tpm2"};
  add_serve_options(app, options);
  add_generate(app);
  app.require_subcommand(0, 1);
  // The parser runs this also after a subcommand.
  app.callback([&] {
    if (!app.get_subcommands().empty()) return;
    Tpm2Provider provider(configured_tcti());
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::tpm2

int main(int argc, char** argv) { return imgcrypt::keyprovider::tpm2::run(argc, argv); }

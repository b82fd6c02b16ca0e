#include "base/process/fd.hpp"
#include "keyprovider/command_line.hpp"
#include "keyprovider/sodium/key_file.hpp"
#include "keyprovider/sodium/provider.hpp"

#include <unistd.h>

namespace imgcrypt::keyprovider::sodium {
namespace {

void print(const PublicKey& key) { write_all(STDOUT_FILENO, as_bytes(key.text() + "\n"), "stdout"); }

void generate(const std::string& file, IfPresent if_present) {
  const SecretKey key = SecretKey::generate();
  write_key_files(file, key, if_present);
  print(key.public_key());
}

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps and unwraps image keys with X25519 sealed boxes. Speaks the keyprovider protocol of ocicrypt.",
      "keyprovider-sodium");
  ServeOptions options{.name = "sodium"};
  KeyPlaces places;
  std::string file;
  bool is_forced = false;
  add_serve_options(app, options);
  add_key_options(app, places);

  CLI::App* const generating = app.add_subcommand("generate", "make a key: FILE and FILE.pub");
  generating->add_option("FILE", file, "where the secret key goes")->required();
  generating->add_flag("--force", is_forced, "replace a key that is there");
  generating->callback([&] { generate(file, is_forced ? IfPresent::kReplace : IfPresent::kRefuse); });

  CLI::App* const publishing =
      app.add_subcommand("public", "print the public key of a key file, secret or public");
  publishing->add_option("FILE", file, "key file")->required();
  publishing->callback([&] { print(read_public_half(file)); });

  app.require_subcommand(0, 1);
  // The parser runs this also after a subcommand.
  app.callback([&] {
    if (!app.get_subcommands().empty()) return;
    SodiumProvider provider(places);
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::sodium

int main(int argc, char** argv) { return imgcrypt::keyprovider::sodium::run(argc, argv); }

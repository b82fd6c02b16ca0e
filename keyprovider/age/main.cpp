#include "base/process/fd.hpp"
#include "keyprovider/age/identity_file.hpp"
#include "keyprovider/age/provider.hpp"
#include "keyprovider/command_line.hpp"

#include <unistd.h>

namespace imgcrypt::keyprovider::age {
namespace {

void print(const std::string& lines) { write_all(STDOUT_FILENO, as_bytes(lines), "stdout"); }

int run(int argc, char** argv) {
  CLI::App app("Wraps and unwraps image keys as age files. Speaks the keyprovider protocol of ocicrypt.",
               "keyprovider-age");
  ServeOptions options{.name = "age"};
  KeyPlaces places;
  std::string file;
  bool is_forced = false;
  add_serve_options(app, options);
  add_key_options(app, places);

  CLI::App* const generating = app.add_subcommand("generate", "make a key: FILE and FILE.pub");
  generating->add_option("FILE", file, "where the secret key goes")->required();
  generating->add_flag("--force", is_forced, "replace a key that is there");
  generating->callback(
      [&] { print(write_new_key(file, is_forced ? IfPresent::kReplace : IfPresent::kRefuse)); });

  CLI::App* const publishing =
      app.add_subcommand("public", "print the public keys of a file of secret keys or recipients");
  publishing->add_option("FILE", file, "key file")->required();
  publishing->callback([&] { print(read_public_halves(file)); });

  app.require_subcommand(0, 1);
  // The parser runs this also after a subcommand.
  app.callback([&] {
    if (!app.get_subcommands().empty()) return;
    AgeProvider provider(places);
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::age

int main(int argc, char** argv) { return imgcrypt::keyprovider::age::run(argc, argv); }

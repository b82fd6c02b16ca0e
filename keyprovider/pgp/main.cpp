#include "base/process/fd.hpp"
#include "keyprovider/command_line.hpp"
#include "keyprovider/pgp/key_list.hpp"
#include "keyprovider/pgp/provider.hpp"
#include "keyprovider/pgp/public_keys.hpp"

#include <unistd.h>

#include <memory>

namespace imgcrypt::keyprovider::pgp {
namespace {

void print(const std::string& text) { write_all(STDOUT_FILENO, as_bytes(text), "stdout"); }

// A subcommand that takes the name of a file and prints something of it.
void add_file_command(CLI::App& app, const std::string& name, const std::string& help,
                      std::string (*text_of)(const std::string& file)) {
  const auto file = std::make_shared<std::string>();
  CLI::App* const command = app.add_subcommand(name, help);
  command->add_option("FILE", *file, "key file")->required();
  command->callback([file, text_of] { print(text_of(*file)); });
}

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps and unwraps image keys as OpenPGP messages. Speaks the keyprovider protocol of ocicrypt.",
      "keyprovider-pgp");
  ServeOptions options{.name = "pgp"};
  KeyPlaces places;
  add_serve_options(app, options);
  add_key_options(app, places);

  add_file_command(app, "public", "print the public keys of a key file, secret or public", public_text_of);
  add_file_command(app, "list", "list the keys of a key file, as JSON", list_key_file);
  std::vector<std::string> key_ids;
  CLI::App* const naming = app.add_subcommand("names", "print whose keys these are by your keyring, as JSON");
  naming->add_option("KEYID", key_ids, "16 hexadecimal digits")->required();
  naming->callback([&] { print(name_keys(key_ids)); });
  app.require_subcommand(0, 1);
  // The parser runs this also after a subcommand.
  app.callback([&] {
    if (!app.get_subcommands().empty()) return;
    PgpProvider provider(places);
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::pgp

int main(int argc, char** argv) { return imgcrypt::keyprovider::pgp::run(argc, argv); }

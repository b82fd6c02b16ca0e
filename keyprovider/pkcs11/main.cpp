#include "base/process/fd.hpp"
#include "keyprovider/command_line.hpp"
#include "keyprovider/pkcs11/key_list.hpp"
#include "keyprovider/pkcs11/provider.hpp"

#include <unistd.h>

#include <memory>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

// A subcommand that takes a key file, or a URI, and prints something of the key.
void add_key_command(CLI::App& app, const std::string& name, const std::string& help,
                     std::string (*text_of)(Tokens& tokens, const std::string& key)) {
  const auto key = std::make_shared<std::string>();
  CLI::App* const command = app.add_subcommand(name, help);
  command->add_option("KEY", *key, "key file, or a URI without its \"pkcs11:\"")->required();
  command->callback([key, text_of] {
    Tokens tokens;
    write_all(STDOUT_FILENO, as_bytes(text_of(tokens, *key)), "stdout");
  });
}

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps and unwraps image keys with the keys of PKCS#11 tokens. Speaks the keyprovider protocol of "
      "ocicrypt.",
      "keyprovider-pkcs11");
  ServeOptions options{.name = "pkcs11"};
  KeyPlaces places;
  add_serve_options(app, options);
  add_key_options(app, places);
  add_key_command(app, "list", "print what a key file names, as JSON", list_key_file);
  add_key_command(app, "public", "print the public key of a token's key", public_text_of);
  app.require_subcommand(0, 1);
  // The parser runs this also after a subcommand.
  app.callback([&] {
    if (!app.get_subcommands().empty()) return;
    Pkcs11Provider provider(places);
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::pkcs11

int main(int argc, char** argv) { return imgcrypt::keyprovider::pkcs11::run(argc, argv); }

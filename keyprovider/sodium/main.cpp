#include "keyprovider/command_line.hpp"
#include "keyprovider/sodium/key_file.hpp"
#include "keyprovider/sodium/provider.hpp"

namespace imgcrypt::keyprovider::sodium {
namespace {

std::string line_of(const PublicKey& key) { return key.text() + "\n"; }

std::string generate(const std::string& file, IfPresent if_present) {
  const SecretKey key = SecretKey::generate();
  write_key_files(file, key, if_present);
  return line_of(key.public_key());
}

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps and unwraps image keys with X25519 sealed boxes. Speaks the keyprovider protocol of ocicrypt.",
      "keyprovider-sodium");
  ServeOptions options{.name = "sodium"};
  KeyPlaces places;
  add_serve_options(app, options);
  add_key_options(app, places);

  add_key_file_commands(app,
                        {generate, [](const std::string& file) { return line_of(read_public_half(file)); },
                         "a key file, secret or public"});
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

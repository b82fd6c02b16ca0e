#include "keyprovider/age/identity_file.hpp"
#include "keyprovider/age/provider.hpp"
#include "keyprovider/command_line.hpp"

namespace imgcrypt::keyprovider::age {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Wraps and unwraps image keys as age files. Speaks the keyprovider protocol of ocicrypt.",
               "keyprovider-age");
  ServeOptions options{.name = "age"};
  KeyPlaces places;
  add_serve_options(app, options);
  add_key_options(app, places);

  add_key_file_commands(app, {write_new_key, read_public_halves, "a file of secret keys or recipients"});
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

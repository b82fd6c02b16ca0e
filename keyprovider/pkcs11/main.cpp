#include "keyprovider/command_line.hpp"
#include "keyprovider/pkcs11/provider.hpp"

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps image keys for the keys of PKCS#11 tokens, and uses these. Speaks the keyprovider protocol of "
      "ocicrypt.",
      "keyprovider-pkcs11");
  ServeOptions options{.name = "pkcs11"};
  KeyPlaces places;
  add_serve_options(app, options);
  add_key_options(app, places);
  app.callback([&] {
    Pkcs11Provider provider(places);
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::pkcs11

int main(int argc, char** argv) { return imgcrypt::keyprovider::pkcs11::run(argc, argv); }

#include "keyprovider/coco/provider.hpp"
#include "keyprovider/command_line.hpp"

namespace imgcrypt::keyprovider::coco {
namespace {

int run(int argc, char** argv) {
  CLI::App app(
      "Wraps and unwraps image keys for confidential-containers. Speaks the keyprovider protocol of "
      "ocicrypt.",
      "keyprovider-coco");
  ServeOptions options{.name = "attestation-agent"};
  KeyPlaces places;
  add_serve_options(app, options);
  app.add_option("--key", places.keys, "file with the 32 bytes of the key called KEYID; may be repeated")
      ->type_name("KEYID=FILE")
      ->allow_extra_args(false);
  app.add_option("--resources", places.resources,
                 "JSON file of resources, or directory of REPOSITORY/TYPE/TAG files; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  app.add_flag("--sample", places.has_sample, "open what is wrapped with the published sample key");
  app.callback([&] {
    CocoProvider provider(places, [&app](const std::string& text) { say(app.get_name(), "warning", text); });
    serve(provider, options);
  });
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::coco

int main(int argc, char** argv) { return imgcrypt::keyprovider::coco::run(argc, argv); }

#include "image/encrypt.hpp"

#include "cli/command.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct Options {
  std::string source;
  std::string destination;
  std::vector<std::string> recipients;
  ProviderOptions providers;
  JobsOption jobs;
};

void run(const Options& options) {
  StderrReporter reporter;
  const KeyWrappers wrappers = parse_recipients(options.recipients, options.providers.open(),
                                                [&](const std::string& text) { reporter.note(text); });
  const Reference target = Reference::parse(options.destination);
  const auto source = open_source(Reference::parse(options.source));
  const auto destination = open_destination(target);
  const Descriptor root = encrypt_image(*source, *destination, wrappers, options.jobs.value(), reporter);
  print_line(target.string() + "@" + root.digest.string());
}

}  // namespace

void add_encrypt(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("encrypt", "Encrypt the layers of an image for its recipients");
  command->add_option("SRC", options->source, "image to read: oci:DIR[:TAG|@DIGEST]")->required();
  command->add_option("DST", options->destination, "image to write: oci:DIR[:TAG]")->required();
  command
      ->add_option(
          "-r,--recipient,--encryption-key", options->recipients,
          "who shall be able to read it: jwe:PUBLICKEY, pkcs7:CERTIFICATE or provider:NAME[:PARAMETER]; may "
          "be given several times")
      ->required()
      ->take_all()
      ->expected(1)
      ->type_name("SCHEME:KEY");
  options->providers.add_to(*command);
  options->jobs.add_to(*command);
  command->callback([options] { run(*options); });
}

}  // namespace imgcrypt::cli

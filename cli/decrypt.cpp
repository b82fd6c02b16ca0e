#include "image/decrypt.hpp"

#include "cli/command.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct Options {
  std::string source;
  std::string destination;
  KeyOptions keys;
  JobsOption jobs;
};

void run(const Options& options, Output& output) {
  const Reference target = Reference::parse(options.destination);
  const auto source = open_source(Reference::parse(options.source));
  const auto destination = open_destination(target);
  const KeyUnwrappers keys = options.keys.read(output);
  const Descriptor root = decrypt_image(*source, *destination, keys, options.jobs.value(), output);
  output.print_result(target.string() + "@" + root.digest.string(), image_result(target, root));
}

}  // namespace

void add_decrypt(CLI::App& app, Output& output) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("decrypt", "Decrypt the layers of an image");
  command->add_option("SRC", options->source, "image to read: oci:DIR[:TAG|@DIGEST]")->required();
  command->add_option("DST", options->destination, "image to write: oci:DIR[:TAG]")->required();
  options->keys.add_to(*command);
  options->jobs.add_to(*command);
  command->callback([options, &output] { run(*options, output); });
}

}  // namespace imgcrypt::cli

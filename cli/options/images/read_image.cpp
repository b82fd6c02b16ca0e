#include "cli/options/images/read_image.hpp"

#include "cli/options/images/image_arguments.hpp"
#include "transport/open.hpp"

namespace imgcrypt::cli {

void ReadImage::add_argument_to(CLI::App& command, const std::string& description) {
  add_source_argument(command, "REF", reference, description);
}

void ReadImage::add_options_to(CLI::App& command) { transport.add_to(command, RegistrySides::kOne); }

std::unique_ptr<ImageSource> ReadImage::open(const Selection& selection, Output& output) const {
  const Reference image = Reference::parse(reference);
  TransportOptions options = transport.one(output);
  options.is_wanted = wanted_by(selection);
  return open_source(image, options);
}

}  // namespace imgcrypt::cli

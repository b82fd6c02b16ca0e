#include "cli/options/image_sides.hpp"

#include "transport/open.hpp"

namespace imgcrypt::cli {

void ImageSides::add_arguments_to(CLI::App& command, const std::string& source_name,
                                  const std::string& description, IfMissing if_missing) {
  add_source_argument(command, source_name, source, description);
  add_destination_argument(command, destination, if_missing);
}

void ImageSides::add_options_to(CLI::App& command) {
  prune.add_to(command);
  links.add_to(command);
  registry.add_to(command, RegistrySides::kBoth);
  tmpdir.add_to(command);
}

OpenedSides ImageSides::open(const SelectionOptions& selection, Output& output) const {
  const Reference from = Reference::parse(source);
  // Without a destination: where it came from, if the name still means this image when it is committed.
  const Reference to = destination.empty() ? from : Reference::parse(destination, ReferenceUse::kWrite);
  if (to.is_stream()) output.move_results_to_stderr();
  RegistryArguments::Both registries = registry.both(output);
  auto opened = open_source(from, {.links = links.value(),
                                   .is_wanted = wanted_by(selection.value()),
                                   .warn = warn_through(output),
                                   .registry = registries.source,
                                   .temporary_directory = tmpdir.value()});
  const TransportOptions writing{.links = links.value(),
                                 .origin = Origin{from, opened->root()},
                                 .warn = warn_through(output),
                                 .registry = std::move(registries.destination),
                                 .temporary_directory = tmpdir.value()};
  selection.check_place(*writing.origin, to);
  auto store = prune.open_store(to, writing);
  auto written = open_destination(to, writing);
  prune.check(*written, to);
  Reference target = written_reference(to, *writing.origin);
  return {std::move(opened), std::move(target), std::move(written), std::move(store),
          std::move(registries.source)};
}

}  // namespace imgcrypt::cli

#include "cli/recipients/change.hpp"

#include "cli/json/results.hpp"
#include "cli/options/image_arguments.hpp"
#include "transport/open.hpp"

namespace imgcrypt::cli {

void ChangeArguments::add_places_to(CLI::App& command) {
  add_source_argument(command, "REF", source, "image to change");
  add_destination_argument(command, destination, IfMissing::kInPlace);
}

void ChangeArguments::add_options_to(CLI::App& command) {
  dry_run.add_to(command);
  jobs.add_to(command);
  digest_file.add_to(command);
}

RecipientsOptions ChangeArguments::options(BlobCheck check) const {
  return {check, dry_run.value(), jobs.value()};
}

OpenedImage open_image(const ChangeArguments& arguments) {
  arguments.digest_file.check();
  const Reference from = Reference::parse(arguments.source);
  auto source = open_source(from, {});
  TransportOptions how{.other = from};
  if (!arguments.destination.empty()) {
    const Reference target = Reference::parse(arguments.destination, ReferenceUse::kWrite);
    return {std::move(source), target, open_destination(target, how)};
  }
  // Only if the name still means this image when the result is committed: another writer may have come first.
  how.in_place_of = source->root().descriptor.digest;
  const Reference target = in_place_reference(from, source->root());
  return {std::move(source), target, open_destination(target, how)};
}

void print_change(const RecipientsResult& result, const Reference& target, const ChangeArguments& arguments,
                  Output& output) {
  if (result.root) arguments.digest_file.write(result.root->digest);
  JsonObject json = written_result(target, result.root, result.replaced);
  json.add("layersChanged", result.layers);
  output.print_result(result.root ? target.string() + "@" + result.root->digest.string()
                                  : "the recipients of " + std::to_string(result.layers) +
                                        (result.layers == 1 ? " layer" : " layers") + " would change",
                      std::move(json));
}

}  // namespace imgcrypt::cli

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
  prune.add_to(command);
  links.add_to(command);
  dry_run.add_to(command);
  jobs.add_to(command);
  digest_file.add_to(command);
}

RecipientsOptions ChangeArguments::options(BlobCheck check) const {
  return {check, dry_run.value(), jobs.value()};
}

OpenedImage open_image(const ChangeArguments& arguments, Output& output) {
  arguments.digest_file.check();
  const Reference from = Reference::parse(arguments.source);
  auto source = open_source(from, {.links = arguments.links.value()});
  // Without a destination: where it came from, if the name still means this image when it is committed.
  const Reference to =
      arguments.destination.empty() ? from : Reference::parse(arguments.destination, ReferenceUse::kWrite);
  const TransportOptions writing{
      .links = arguments.links.value(), .origin = Origin{from, source->root()}, .warn = warn_through(output)};
  auto store = arguments.prune.open_store(to, writing);
  auto destination = open_destination(to, writing);
  Reference target = written_reference(to, *writing.origin);
  return {std::move(source), std::move(target), std::move(destination), std::move(store)};
}

void print_change(const RecipientsResult& result, const OpenedImage& image, FormerReaders readers,
                  const ChangeArguments& arguments, Output& output) {
  JsonObject json = written_result(image.target, result.root, result.replaced);
  json.add("layersChanged", result.layers);
  if (!result.root) {
    json.add("pruned", JsonArray());
    return output.print_result("the recipients of " + std::to_string(result.layers) +
                                   (result.layers == 1 ? " layer" : " layers") + " would change",
                               std::move(json));
  }
  arguments.digest_file.write(result.root->digest);
  const FormerOutcome former =
      settle_former(image.store.get(), result.replaced, arguments.prune, readers, output, json);
  output.print_result(image.target.string() + "@" + result.root->digest.string(), std::move(json));
  if (former.failure) throw Error(*former.failure);
}

}  // namespace imgcrypt::cli

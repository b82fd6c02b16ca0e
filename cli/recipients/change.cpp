#include "cli/recipients/change.hpp"

#include "cli/json/results.hpp"

namespace imgcrypt::cli {

void ChangeArguments::add_places_to(CLI::App& command) {
  sides.add_arguments_to(command, "REF", "image to change", IfMissing::kInPlace);
}

void ChangeArguments::add_options_to(CLI::App& command) {
  sides.add_options_to(command);
  dry_run.add_to(command);
  referrers.add_to(command);
  jobs.add_to(command);
  digest_file.add_to(command);
}

RecipientsOptions ChangeArguments::options(BlobCheck check) const {
  return {check, {referrers.value(), dry_run.value(), jobs.value()}};
}

OpenedSides open_sides(const ChangeArguments& arguments, Output& output) {
  arguments.digest_file.check();
  return arguments.sides.open({}, output);  // recipients are those of the whole image
}

void print_change(const RecipientsResult& result, const OpenedSides& image, FormerReaders readers,
                  const ChangeArguments& arguments, Output& output) {
  JsonObject json = written_result(image.target, result.root, result.replaced);
  json.add("layersChanged", result.layers);
  if (!result.root) {
    (void)foresee_former(image.store.get(), result.kept, arguments.sides.prune, output, json);
    return output.print_result("the recipients of " + std::to_string(result.layers) +
                                   (result.layers == 1 ? " layer" : " layers") + " would change",
                               std::move(json));
  }
  arguments.digest_file.write(result.root->digest);
  const FormerOutcome former =
      settle_former(image, result.replaced, arguments.sides.prune, readers, output, json);
  output.print_result(image.target.string() + "@" + result.root->digest.string(), std::move(json));
  if (former.failure) throw Error(*former.failure);
}

}  // namespace imgcrypt::cli

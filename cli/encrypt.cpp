#include "cli/encrypt.hpp"

#include "cli/commands.hpp"
#include "cli/former_image.hpp"
#include "cli/json/results.hpp"
#include "cli/leftovers.hpp"
#include "image/encrypt.hpp"
#include "transport/open.hpp"

#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

std::string_view word(EncryptedAs outcome) {
  switch (outcome) {
    case EncryptedAs::kEncrypted:
      return "encrypted";
    case EncryptedAs::kRecipientsAdded:
      return "recipients-added";
    case EncryptedAs::kKept:
      return "kept";
    case EncryptedAs::kNotChosen:
      return "not-chosen";
    case EncryptedAs::kBase:
      return "base";
    case EncryptedAs::kForeign:
      return "foreign";
    case EncryptedAs::kNotALayer:
      return "not-a-layer";
  }
  return {};
}

JsonObject json_of(const EncryptResult& result, const Reference& target) {
  JsonArray layers;
  for (const LayerOutcome& layer : result.layers)
    layers.add(layer_result(layer.place, layer.layer).add("outcome", word(layer.outcome)));
  return written_result(target, result.root, result.replaced)
      .add("layers", layers)
      .add("leftOut", JsonArray::of(result.left_out));
}

}  // namespace

void run_encrypt(const EncryptArguments& options, Output& output) {
  options.digest_file.check();
  // Needs no image, so a recipient that cannot be used is known at once.
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, output);
  const Selection selection = options.selection.value();
  const OpenedSides image = options.sides.open(options.selection, output);
  const auto base = options.base.empty() ? nullptr
                                         : open_source(Reference::parse(options.base),
                                                       {.links = options.sides.links.value(),
                                                        .registry = image.source_registry,
                                                        .temporary_directory = options.sides.tmpdir.value()});
  // Only layers that are encrypted already need keys, so key providers that are merely configured are not
  // asked.
  const KeyUnwrappers keys = options.keys.are_given() ? options.keys.read(output) : KeyUnwrappers();
  EncryptOptions how;
  how.selection = selection;
  how.base = base.get();
  how.unwrappers = keys.empty() ? nullptr : &keys;
  how.write.dry_run = options.dry_run.value();
  how.write.referrers = options.referrers.value();
  how.write.jobs = options.jobs.value();
  const EncryptResult result = encrypt_image(*image.source, *image.destination, wrappers, how, output);
  JsonObject json = json_of(result, image.target);
  if (!result.root) {
    const std::set<Digest> going =
        foresee_former(image.store.get(), result.kept, options.sides.prune, output, json);
    foresee_leftovers(image.store.get(), result, options.sides.prune, going, output, json);
    for (const LayerOutcome& layer : result.layers)
      output.print_text(layer.place + ": " + description(layer.outcome));
    return output.print_json(std::move(json));
  }
  // Before the look for plain layers, which may fail: the image is complete.
  options.digest_file.write(result.root->digest);
  FormerOutcome former =
      settle_former(image, result.replaced, options.sides.prune, FormerReaders::kKept, output, json);
  try {
    report_leftovers(image.store.get(), result, options.sides.prune, former.removed, output, json);
  } catch (const Error& error) {
    // The image is written all the same, and whoever waits for it must hear so.
    output.warn("it could not be told which plain layers are left: " + error.message());
    if (options.sides.prune.is_given && !former.failure) former.failure = error;
  }
  output.print_result(image.target.string() + "@" + result.root->digest.string(), std::move(json));
  if (former.failure) throw Error(*former.failure);
}

void add_encrypt(CLI::App& app, Output& output) {
  const auto options = std::make_shared<EncryptArguments>();
  CLI::App* command =
      app.add_subcommand("encrypt", "Encrypt the layers of an image for one or more recipients");
  options->sides.add_arguments_to(*command, "SRC", "image to read", IfMissing::kFail);
  options->recipients.add_to(*command);
  options->selection.add_to(*command);
  command->add_option("--skip-base", options->base, "do not encrypt layers that also occur in REF")
      ->type_name("REF");
  options->sides.add_options_to(*command);
  options->dry_run.add_to(*command);
  options->keys.add_to(*command);
  options->referrers.add_to(*command);
  options->jobs.add_to(*command);
  options->digest_file.add_to(*command);
  command->callback([options, &output] { run_encrypt(*options, output); });
}

}  // namespace imgcrypt::cli

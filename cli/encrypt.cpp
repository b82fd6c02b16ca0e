#include "image/encrypt.hpp"

#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/options/digest_file_option.hpp"
#include "cli/options/dry_run_option.hpp"
#include "cli/options/image_arguments.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/options/key_options.hpp"
#include "cli/options/recipient_options.hpp"
#include "cli/options/selection_options.hpp"
#include "image/leftovers.hpp"
#include "transport/open.hpp"

#include <memory>
#include <optional>

namespace imgcrypt::cli {
namespace {

struct EncryptArguments {
  std::string source;
  std::string destination;
  RecipientOptions recipients;
  std::string base;
  bool prune = false;
  DryRunOption dry_run;
  SelectionOptions selection;
  KeyOptions keys;
  JobsOption jobs;
  DigestFileOption digest_file;
};

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
    case EncryptedAs::kNotALayer:
      return "not-a-layer";
  }
  return {};
}

// Encrypting is no use if anyone can read the plain layers beside the image, so the user is always told.
// `store` is null when the destination's images share no blobs.
void report_leftovers(SharedStore* store, const EncryptResult& result, bool prune, Output& output,
                      JsonObject& json) {
  const bool is_done = result.root.has_value();
  std::set<Digest> leftovers = store == nullptr ? std::set<Digest>() : find_leftovers(*store, result);
  JsonArray pruned;
  if (prune) {
    for (const Digest& blob :
         is_done ? prune_leftovers(*store, leftovers) : prunable_leftovers(*store, leftovers)) {
      output.note((is_done ? "removed the plain layer " : "would remove the plain layer ") + blob.string());
      pruned.add(blob.string());
      leftovers.erase(blob);
    }
  }
  JsonArray left;
  for (const Digest& blob : leftovers) {
    output.warn((is_done ? "the destination still holds the plain layer "
                         : "the destination would still hold the plain layer ") +
                blob.string() + ", which everyone can read" +
                (prune ? ": another image needs it" : "; --prune removes it unless another image needs it"));
    left.add(blob.string());
  }
  json.add("plainLayersPruned", pruned).add("plainLayersLeft", left);
}

JsonObject json_of(const EncryptResult& result, const Reference& target) {
  JsonArray layers;
  for (const LayerOutcome& layer : result.layers)
    layers.add(layer_result(layer.place, layer.layer).add("outcome", word(layer.outcome)));
  return written_result(target, result.root, result.replaced)
      .add("layers", layers)
      .add("leftOut", JsonArray::of(result.left_out));
}

void run_encrypt(const EncryptArguments& options, Output& output) {
  options.digest_file.check();
  // Needs no image, so a recipient that cannot be used is known at once.
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, output);
  const Reference from = Reference::parse(options.source);
  const Reference target = Reference::parse(options.destination, ReferenceUse::kWrite);
  options.selection.check_place(from, target);
  const auto store = open_shared_store(target);
  if (options.prune && !store) {
    throw Error(ErrorCode::kUsage, "--prune: the images of " + target.string() + " do not share blobs",
                "leave out --prune");
  }
  if (options.prune) require_prunable(*store);
  const auto source = open_source(from, {});
  const auto destination = open_destination(target, {.other = from});
  const auto base = options.base.empty() ? nullptr : open_source(Reference::parse(options.base), {});
  // Only layers that are encrypted already need keys, so key providers that are merely configured are not
  // asked.
  const KeyUnwrappers keys = options.keys.are_given() ? options.keys.read(output) : KeyUnwrappers();
  EncryptOptions how;
  how.selection = options.selection.value();
  how.base = base.get();
  how.unwrappers = keys.empty() ? nullptr : &keys;
  how.dry_run = options.dry_run.value();
  how.jobs = options.jobs.value();
  const EncryptResult result = encrypt_image(*source, *destination, wrappers, how, output);
  JsonObject json = json_of(result, target);
  if (!result.root) {
    report_leftovers(store.get(), result, options.prune, output, json);
    for (const LayerOutcome& layer : result.layers)
      output.print_text(layer.place + ": " + description(layer.outcome));
    return output.print_json(std::move(json));
  }
  // Before the look for plain layers, which may fail: the image is complete.
  options.digest_file.write(result.root->digest);
  std::optional<Error> failure;
  try {
    report_leftovers(store.get(), result, options.prune, output, json);
  } catch (const Error& error) {
    failure = error;  // the image is written all the same, and whoever waits for it must hear so
    output.warn("it could not be told which plain layers are left: " + error.message());
  }
  output.print_result(target.string() + "@" + result.root->digest.string(), std::move(json));
  // Who asked for pruning relies on it; for others the warning is enough.
  if (failure && options.prune) throw Error(*failure);
}

}  // namespace

void add_encrypt(CLI::App& app, Output& output) {
  const auto options = std::make_shared<EncryptArguments>();
  CLI::App* command =
      app.add_subcommand("encrypt", "Encrypt the layers of an image for one or more recipients");
  add_source_argument(*command, "SRC", options->source, "image to read");
  add_destination_argument(*command, options->destination, IfMissing::kFail);
  options->recipients.add_to(*command);
  options->selection.add_to(*command);
  command->add_option("--skip-base", options->base, "do not encrypt layers that also occur in REF")
      ->type_name("REF");
  command->add_flag(
      "--prune", options->prune,
      "remove the plain blobs of the encrypted layers from DST, unless another image there needs them");
  options->dry_run.add_to(*command);
  options->keys.add_to(*command);
  options->jobs.add_to(*command);
  options->digest_file.add_to(*command);
  command->callback([options, &output] { run_encrypt(*options, output); });
}

}  // namespace imgcrypt::cli

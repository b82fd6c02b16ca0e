#include "image/recipients.hpp"

#include "cli/command.hpp"
#include "transport/layout_directory.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct Options {
  std::string source;
  std::string destination;
  RecipientOptions recipients;
  bool rotate = false;
  bool no_verify = false;
  bool dry_run = false;
  KeyOptions keys;
  JobsOption jobs;
};

// In place, under the name that the image has.
Reference target_of(const Options& options, const RootDescriptor& root) {
  if (!options.destination.empty()) return Reference::parse(options.destination);
  Reference target = Reference::parse(options.source);
  target.digest.reset();
  const auto name = root.descriptor.annotations.find(kRefName);
  if (target.tag.empty() && name != root.descriptor.annotations.end()) target.tag = name->second;
  if (!target.tag.empty()) return target;
  throw Error(ErrorCode::kUsage, options.source + " has no tag that could name what becomes of it",
              "give a destination: oci:DIR:TAG");
}

RecipientsOptions how(const Options& options) {
  return {options.no_verify ? BlobCheck::kNone : BlobCheck::kHmac,
          options.dry_run ? DryRun::kYes : DryRun::kNo, options.jobs.value()};
}

void print(const RecipientsResult& result, const Reference& target, Output& output) {
  JsonObject json =
      result.root ? image_result(target, *result.root) : JsonObject().add("reference", target.string());
  json.add("dryRun", !result.root).add("layersChanged", result.layers);
  output.print_result(result.root ? target.string() + "@" + result.root->digest.string()
                                  : std::to_string(result.layers) + " layers would get other recipients",
                      std::move(json));
}

enum class Verb { kAdd, kReplace };

void run(const Options& options, Verb verb, Output& output) {
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, output);
  const auto source = open_source(Reference::parse(options.source));
  const Reference target = target_of(options, source->root());
  const auto destination = open_destination(target);
  const KeyUnwrappers keys = options.keys.read(output);
  const auto layer_key = options.rotate ? LayerKey::kIsFresh : LayerKey::kStays;
  print(verb == Verb::kAdd
            ? add_recipients(*source, *destination, wrappers, keys, how(options), output)
            : replace_recipients(*source, *destination, wrappers, keys, layer_key, how(options), output),
        target, output);
}

void add_places(CLI::App& command, Options& options) {
  command.add_option("REF", options.source, "image: oci:DIR[:TAG|@DIGEST]")->required();
  command.add_option("DST", options.destination, "where to write it: oci:DIR[:TAG] (default: in place)");
}

std::shared_ptr<Options> add_rewrap(CLI::App& command, Verb verb, Output& output) {
  const auto options = std::make_shared<Options>();
  add_places(command, *options);
  options->recipients.add_to(command);
  command.add_flag("--no-verify", options->no_verify, "do not read the layers to check them first");
  command.add_flag("--dry-run", options->dry_run, "only say what would be done");
  options->keys.add_to(command);
  options->jobs.add_to(command);
  command.callback([options, verb, &output] { run(*options, verb, output); });
  return options;
}

}  // namespace

void add_recipients(CLI::App& app, Output& output) {
  CLI::App* command = app.add_subcommand("recipients", "Show and change who can open an image");
  command->require_subcommand(1);
  add_rewrap(*command->add_subcommand("add", "Let others open it, too; no layer is encrypted again"),
             Verb::kAdd, output);
  CLI::App* replace = command->add_subcommand(
      "replace", "Let others open it instead; without --rotate who knew a layer's key still does");
  const auto options = add_rewrap(*replace, Verb::kReplace, output);
  replace->add_flag("--rotate", options->rotate, "encrypt the layers again, with fresh keys");
}

}  // namespace imgcrypt::cli

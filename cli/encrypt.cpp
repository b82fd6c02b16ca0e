#include "image/encrypt.hpp"

#include "cli/command.hpp"
#include "image/leftovers.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct Options {
  std::string source;
  std::string destination;
  RecipientOptions recipients;
  std::string base;
  bool prune = false;
  bool dry_run = false;
  SelectionOptions selection;
  KeyOptions keys;
  JobsOption jobs;
};

void report_leftovers(const Reference& target, const EncryptResult& result, bool prune, Reporter& reporter) {
  std::set<Digest> leftovers = find_leftovers(target, result);
  if (prune) {
    for (const Digest& blob : prune_leftovers(target, leftovers)) {
      reporter.note("removed the plain layer " + blob.string());
      leftovers.erase(blob);
    }
  }
  for (const Digest& blob : leftovers) {
    reporter.note("the destination still holds the plain layer " + blob.string() + ", readable by everyone" +
                  (prune ? ": another image needs it" : "; --prune removes it when no image needs it"));
  }
}

void run(const Options& options) {
  StderrReporter reporter;
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, reporter);
  const Reference from = Reference::parse(options.source);
  const Reference target = Reference::parse(options.destination);
  options.selection.check_place(from, target);
  const auto source = open_source(from);
  const auto destination = open_destination(target);
  const auto base = options.base.empty() ? nullptr : open_source(Reference::parse(options.base));
  const KeyUnwrappers keys = options.keys.are_given() ? options.keys.read(reporter) : KeyUnwrappers();
  EncryptOptions how;
  how.selection = options.selection.value();
  how.base = base.get();
  how.unwrappers = keys.empty() ? nullptr : &keys;
  how.dry_run = options.dry_run ? DryRun::kYes : DryRun::kNo;
  how.jobs = options.jobs.value();
  const EncryptResult result = encrypt_image(*source, *destination, wrappers, how, reporter);
  if (!result.root) {
    for (const LayerOutcome& layer : result.layers)
      print_line(layer.place + ": " + description(layer.outcome));
    return;
  }
  report_leftovers(target, result, options.prune, reporter);
  print_line(target.string() + "@" + result.root->digest.string());
}

}  // namespace

void add_encrypt(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("encrypt", "Encrypt the layers of an image for its recipients");
  command->add_option("SRC", options->source, "image to read: oci:DIR[:TAG|@DIGEST]")->required();
  command->add_option("DST", options->destination, "image to write: oci:DIR[:TAG]")->required();
  options->recipients.add_to(*command);
  options->selection.add_to(*command);
  command->add_option("--skip-base", options->base, "leave the layers as they are that this image has, too")
      ->type_name("REF");
  command->add_flag("--prune", options->prune,
                    "remove the plain layers from the destination that no image there needs any more");
  command->add_flag("--dry-run", options->dry_run, "only say what would be done");
  options->keys.add_to(*command);
  options->jobs.add_to(*command);
  command->callback([options] { run(*options); });
}

}  // namespace imgcrypt::cli

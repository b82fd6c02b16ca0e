#include "image/inspect.hpp"

#include "cli/commands.hpp"
#include "cli/inspect/layer_table.hpp"
#include "cli/inspect/report_json.hpp"
#include "cli/inspect/summary.hpp"
#include "cli/inspect/tree.hpp"
#include "cli/options/image_arguments.hpp"
#include "cli/options/links_option.hpp"
#include "cli/options/registry_options.hpp"
#include "cli/options/selection_options.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct InspectArguments {
  std::string reference;
  SelectionOptions selection;
  LinksOption links;
  RegistryArguments registry;
  bool layers = false;
  bool raw = false;
  bool config = false;
  bool no_trunc = false;
};

void run_inspect(const InspectArguments& options, Output& output) {
  const Selection selection = options.selection.value();
  const auto source =
      open_source(Reference::parse(options.reference), {.links = options.links.value(),
                                                        .is_wanted = wanted_by(selection),
                                                        .registry = options.registry.one(output)});
  if (options.raw) return output.print_document(read_root(*source));
  if (options.config) return output.print_document(read_config(*source, selection.platforms));
  const ImageReport report = inspect_image(*source, selection);
  if (options.layers) {
    output.print_text(layer_table(report));
  } else {
    const Look look = look_of_stdout(options.no_trunc ? Digests::kWhole : Digests::kFit);
    output.print_text(tree_text(report, look) + summary_text(report, look));
  }
  if (output.is_json()) output.print_json(report_json(report));
}

}  // namespace

void add_inspect(CLI::App& app, Output& output) {
  const auto options = std::make_shared<InspectArguments>();
  CLI::App* command =
      app.add_subcommand("inspect", "Show what an image contains, what is encrypted and who can decrypt it");
  add_source_argument(*command, "REF", options->reference, "image to inspect");
  options->selection.add_to(*command, "not shown");
  options->links.add_to(*command);
  CLI::Option* layers =
      command->add_flag("--layers", options->layers, "print a table of the layers, in the format of ctr-enc");
  CLI::Option* raw = command->add_flag("--raw", options->raw, "print the index or manifest, byte for byte");
  raw->excludes(layers)->excludes("--platform");
  command->get_option("--layer")->needs(layers);
  command->add_flag("--config", options->config, "print the config of the image, byte for byte")
      ->excludes(layers)
      ->excludes(raw);
  command->add_flag("--no-trunc", options->no_trunc,
                    "do not shorten digests, even if the terminal is too narrow");
  options->registry.add_to(*command, RegistrySides::kOne);
  command->callback([options, &output] { run_inspect(*options, output); });
}

}  // namespace imgcrypt::cli

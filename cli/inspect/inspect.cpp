#include "image/inspect.hpp"

#include "cli/commands.hpp"
#include "cli/inspect/key_owners.hpp"
#include "cli/inspect/layer_table.hpp"
#include "cli/inspect/report_json.hpp"
#include "cli/inspect/summary.hpp"
#include "cli/inspect/tree.hpp"
#include "cli/options/images/read_image.hpp"
#include "cli/options/images/selection_options.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct InspectArguments {
  ReadImage image;
  SelectionOptions selection;
  bool layers = false;
  bool raw = false;
  bool config = false;
  bool no_trunc = false;
};

void run_inspect(const InspectArguments& options, Output& output) {
  const Selection selection = options.selection.value();
  const auto source = options.image.open(selection, output);
  if (options.raw) return output.print_document(read_root(*source));
  if (options.config) return output.print_document(read_config(*source, selection.platforms));
  ImageReport report = inspect_image(*source, selection);
  std::vector<PacketRecipient*> recipients;
  for (LayerRecipient& listed : report.recipients) recipients.push_back(&listed.recipient);
  name_key_owners(recipients);
  if (options.layers) {
    output.print_text(layer_table(report));
  } else {
    const Look look = look_of_stdout(options.no_trunc ? Digests::kWhole : Digests::kFit);
    output.print_text(tree_text(report, look) + summary_text(report, look));
  }
  if (output.is_json()) output.print_json(report_json(report));
}

}  // namespace

void define_inspect(CLI::App& command, Output& output) {
  const auto options = std::make_shared<InspectArguments>();
  options->image.add_argument_to(command, "image to inspect");
  options->selection.add_to(command, "not shown");
  CLI::Option* layers =
      command.add_flag("--layers", options->layers, "print a table of the layers, in the format of ctr-enc");
  CLI::Option* raw = command.add_flag("--raw", options->raw, "print the index or manifest, byte for byte");
  raw->excludes(layers)->excludes("--platform");
  command.get_option("--layer")->needs(layers);
  command.add_flag("--config", options->config, "print the config of the image, byte for byte")
      ->excludes(layers)
      ->excludes(raw);
  command.add_flag("--no-trunc", options->no_trunc,
                   "do not shorten digests, even if the terminal is too narrow");
  options->image.add_options_to(command);
  command.callback([options, &output] { run_inspect(*options, output); });
}

}  // namespace imgcrypt::cli

#include "image/inspect.hpp"

#include "base/process/fd.hpp"
#include "cli/command.hpp"
#include "cli/inspect/report_text.hpp"
#include "transport/open.hpp"

#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace imgcrypt::cli {
namespace {

struct InspectArguments {
  std::string reference;
  SelectionOptions selection;
  bool layers = false;
  bool raw = false;
  bool config = false;
  bool no_trunc = false;
};

// As setlocale decides (POSIX, "Environment Variables").
bool is_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

TreeLook look_of(const InspectArguments& options, const Output& output) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  TreeLook look{.style = output.style()};
  look.columns = terminal_size(STDOUT_FILENO).columns;
  look.has_whole_digests = options.no_trunc || look.columns == 0;
  look.has_boxes = is_terminal && is_utf8_locale();
  return look;
}

// They are the result as it is: nothing is added.
void print_bytes(ByteView bytes, const Output& output) {
  if (output.is_json()) {
    throw Error(ErrorCode::kUsage, "--raw and --config print a document as it is, not inside another one",
                "leave out -o json");
  }
  write_all(STDOUT_FILENO, bytes, "stdout");
}

void run_inspect(const InspectArguments& options, Output& output) {
  const auto source = open_source(Reference::parse(options.reference));
  const Selection selection = options.selection.value();
  if (options.raw) return print_bytes(read_root(*source), output);
  if (options.config) return print_bytes(read_config(*source, selection.platforms), output);
  const ImageReport report = inspect_image(*source, selection);
  if (options.layers) {
    output.print_text(layers_text(report));
  } else {
    const TreeLook look = look_of(options, output);
    output.print_text(tree_text(report, look) + summary_text(report, look));
  }
  if (output.is_json()) output.print_json(inspect_json(report));
}

}  // namespace

void add_inspect(CLI::App& app, Output& output) {
  const auto options = std::make_shared<InspectArguments>();
  CLI::App* command = app.add_subcommand("inspect", "Show what an image consists of and who can read it");
  command->add_option("REF", options->reference, "image to read: oci:DIR[:TAG|:@N|@DIGEST]")->required();
  options->selection.add_to(*command, "not shown");
  CLI::Option* layers =
      command->add_flag("--layers", options->layers, "a table of the layers, as ctr-enc's layerinfo");
  CLI::Option* raw = command->add_flag("--raw", options->raw, "the index or manifest itself, byte for byte");
  raw->excludes(layers)->excludes("--platform");
  command->get_option("--layer")->needs(layers);
  command->add_flag("--config", options->config, "the image's config itself, byte for byte")
      ->excludes(layers)
      ->excludes(raw);
  command->add_flag("--no-trunc", options->no_trunc, "whole digests, even where the terminal is too narrow");
  command->callback([options, &output] { run_inspect(*options, output); });
}

}  // namespace imgcrypt::cli

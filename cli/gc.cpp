#include "cli/commands.hpp"
#include "cli/options/dry_run_option.hpp"
#include "image/prune.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct GcArguments {
  std::string reference;
  DryRunOption dry_run;
};

void run_gc(const GcArguments& arguments, Output& output) {
  const Reference reference = Reference::parse(arguments.reference, ReferenceUse::kList);
  const TransportOptions options{.warn = warn_through(output)};
  const auto store = open_shared_store(reference, options);
  if (!store) {
    throw Error(
        ErrorCode::kUsage, reference.string() + " is not an OCI image layout",
        "gc tidies up oci:DIR; a registry has a garbage collection of its own, and archives hold no more "
        "than their images need");
  }
  (void)list_images(reference, options);  // fails where there is no layout, or one image is named
  const bool is_dry = arguments.dry_run.is_given;
  const std::vector<UnfinishedBlob> unfinished = store->unfinished();
  const std::vector<StoredBlob> garbage =
      collect_garbage(*store, is_dry ? Removal::kOnlyFind : Removal::kRemove);
  std::uint64_t bytes = 0;
  Text lines;
  JsonArray removed;
  for (const StoredBlob& blob : garbage) {
    bytes += blob.size;
    lines.add_line(blob.digest.string());
    removed.add(JsonObject().add("digest", blob.digest.string()).add("size", blob.size));
  }
  JsonArray left;
  for (const UnfinishedBlob& file : unfinished) {
    bytes += file.size;
    lines.add_line(file.path);
    left.add(JsonObject().add("path", file.path).add("size", file.size));
  }
  std::string what = std::to_string(garbage.size()) + (garbage.size() == 1 ? " blob" : " blobs");
  if (!unfinished.empty()) {
    what += " and " + std::to_string(unfinished.size()) +
            (unfinished.size() == 1 ? " unfinished file" : " unfinished files");
  }
  output.note((is_dry ? "would remove " : "removed ") + what + ", " + std::to_string(bytes) + " bytes");
  if (!lines.empty()) output.print_text(lines);
  JsonObject json;
  json.add("reference", reference.string()).add("dryRun", is_dry);
  output.print_json(json.add("removed", removed).add("unfinished", left).add("bytes", bytes));
}

}  // namespace

void define_gc(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<GcArguments>();
  command.add_option("LAYOUT", arguments->reference, "layout to tidy up: oci:DIR")->required();
  arguments->dry_run.add_to(command);
  command.callback([arguments, &output] { run_gc(*arguments, output); });
}

}  // namespace imgcrypt::cli

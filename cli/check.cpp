#include "image/check.hpp"

#include "base/text/short_list.hpp"
#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/options/images/read_image.hpp"
#include "cli/options/images/selection_options.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/options/keys/key_options.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct CheckArguments {
  ReadImage image;
  bool is_full = false;
  bool requires_encrypted = false;
  SelectionOptions selection;
  KeyOptions keys;
  JobsOption jobs;
};

std::string_view word(LayerState state) {
  switch (state) {
    case LayerState::kOpens:
      return "opens";
    case LayerState::kLocked:
      return "locked";
    case LayerState::kEncrypted:
      return "encrypted";
    case LayerState::kPlain:
      return "plain";
    case LayerState::kNotALayer:
      return "not-a-layer";
  }
  return {};
}

std::string_view encryption_of(const CheckResult& result) {
  const LayerCounts counts = result.counts();
  if (counts.encrypted == 0) return "none";
  return counts.plain > 0 ? "partial" : "full";
}

std::string summary_of(const CheckResult& result) {
  const LayerCounts all = result.counts();
  if (all.encrypted == 0) return "not encrypted";
  std::string text = all.plain == 0
                         ? "encrypted"
                         : "partly encrypted, " + std::to_string(all.plain) + " of " +
                               std::to_string(all.encrypted + all.plain) + " layers readable by everyone";
  const std::size_t encrypted = result.encrypted();
  const std::size_t opens = result.count(LayerState::kOpens);
  if (opens > 0 && opens == encrypted) {
    text += result.passed_over.empty() ? "; the keys open every encrypted layer"
                                       : "; the keys open every selected layer that is encrypted";
  }
  const std::size_t locked = result.count(LayerState::kLocked);
  if (locked > 0) text += "; " + std::to_string(locked) + " of " + std::to_string(encrypted) + " locked";
  return text;
}

JsonArray layers_json(const CheckResult& result) {
  JsonArray layers;
  for (const CheckedLayer& layer : result.layers) {
    layers.add(
        layer_result(layer.place, layer.layer)
            .add("state", word(layer.state))
            .add_or_null("problem", layer.problem ? std::optional(layer.problem->message()) : std::nullopt));
  }
  return layers;
}

JsonObject json_of(const CheckResult& result, const CheckArguments& options, const Reference& reference,
                   const Descriptor& root) {
  JsonObject json = image_result(reference, root);
  json.add("encryption", encryption_of(result)).add("full", options.is_full);
  // Not false: without a key nothing was tried.
  if (!result.has_tried_keys || result.encrypted() == 0) {
    json.add_null("opens");
  } else {
    json.add("opens", result.count(LayerState::kOpens) == result.encrypted());
  }
  json.add("layers", layers_json(result));
  JsonArray problems;
  for (const Error& problem : result.problems) problems.add(problem.message());
  json.add("problems", problems).add("leftOut", JsonArray::of(result.left_out));
  return json;
}

void print(const CheckResult& result, const Reference& reference, const Descriptor& root, Output& output) {
  output.print_text(reference.string() + "@" + root.digest.string() + ": " + summary_of(result));
  for (const CheckedLayer& layer : result.layers) {
    const std::string problem = layer.problem ? ": " + layer.problem->message() : "";
    output.print_text(layer.place + ": " + description(layer.state) + problem);
  }
}

void run_check(const CheckArguments& options, Output& output) {
  const Selection selection = options.selection.value();
  const auto source = options.image.open(selection, output);
  // Unlike decrypt, check is of use without a key, and then says what it did not try.
  const bool has_keys = options.keys.are_given() || !ProviderOptions::config().empty();
  const KeyUnwrappers keys = has_keys ? options.keys.read(output) : KeyUnwrappers();
  CheckOptions how;
  how.selection = selection;
  how.unwrappers = has_keys ? &keys : nullptr;
  how.depth = options.is_full ? CheckDepth::kContent : CheckDepth::kKeys;
  how.jobs = options.jobs.value();
  const CheckResult result = check_image(*source, how, output);
  for (const std::string& platform : result.left_out) output.note("not checked: " + platform);
  std::vector<std::string> passed_over;
  for (const CheckedLayer& layer : result.passed_over) {
    if (layer.state != LayerState::kNotALayer) passed_over.push_back(layer.place);
  }
  if (!passed_over.empty())
    output.note("only what their types say is known of layers that are not selected: " +
                short_list(passed_over));
  if (!has_keys && result.encrypted() > 0)
    output.note("no key was given; give one with -k to check that it opens the layers");
  const Reference reference = Reference::parse(options.image.reference);
  const Descriptor& root = source->root().descriptor;
  print(result, reference, root, output);
  // Scripts want the report most when the check fails. Only for them is it made: it may be large.
  if (output.is_json()) output.keep_for_error(json_of(result, options, reference, root));
  if (const auto problem = worst_problem(result)) throw Error(*problem);
  if (options.requires_encrypted) require_encrypted(result);
  if (output.is_json()) output.print_json(json_of(result, options, reference, root));
}

}  // namespace

void define_check(CLI::App& command, Output& output) {
  const auto options = std::make_shared<CheckArguments>();
  options->image.add_argument_to(command, "image to check");
  options->selection.add_to(command, "not checked");
  command.add_flag("--full", options->is_full, "read every layer, and check its digest, HMAC and diff_id");
  command.add_flag("--require-encrypted", options->requires_encrypted,
                   "fail if a layer of the file system is not encrypted, whatever --layer selects");
  options->keys.add_to(command);
  options->jobs.add_to(command);
  options->image.add_options_to(command);
  command.callback([options, &output] { run_check(*options, output); });
}

}  // namespace imgcrypt::cli

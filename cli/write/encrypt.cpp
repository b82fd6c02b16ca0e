#include "image/encrypt.hpp"

#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/write/encrypt_decrypt.hpp"
#include "cli/write/finish.hpp"
#include "cli/write/leftovers.hpp"
#include "transport/open.hpp"

#include <memory>

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
  return written_result(target, result).add("layers", layers).add("leftOut", JsonArray::of(result.left_out));
}

}  // namespace

void run_encrypt(const EncryptArguments& options, Output& output) {
  // Needs no image, so a recipient that cannot be used is known at once.
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, output);
  const Selection selection = options.selection.value();
  const OpenedSides image = options.write.open(options.selection, output);
  const auto base =
      options.base.empty() ? nullptr : open_source(Reference::parse(options.base), image.reading);
  // Only layers that are encrypted already need keys, so key providers that are merely configured are not
  // asked.
  const KeyUnwrappers keys = options.keys.are_given() ? options.keys.read(output) : KeyUnwrappers();
  EncryptOptions how;
  how.selection = selection;
  how.base = base.get();
  how.unwrappers = keys.empty() ? nullptr : &keys;
  how.write = options.write.options();
  const EncryptResult result = encrypt_image(*image.source, *image.destination, wrappers, how, output);
  Ending ending{.json = json_of(result, image.target)};
  for (const LayerOutcome& layer : result.layers)
    ending.would.add_line(layer.place + ": " + description(layer.outcome));
  ending.besides = [&](FormerOutcome& former, JsonObject& json) {
    settle_leftovers(result, image, options.write.prune, former, output, json);
  };
  finish(result, image, options.write, std::move(ending), output);
}

void define_encrypt(CLI::App& command, Output& output) {
  const auto options = std::make_shared<EncryptArguments>();
  options->write.add_arguments_to(command, "SRC", "image to read", IfMissing::kFail);
  options->recipients.add_to(command);
  options->selection.add_to(command);
  command.add_option("--skip-base", options->base, "do not encrypt layers that also occur in REF")
      ->type_name("REF");
  options->keys.add_to(command);
  options->write.add_options_to(command);
  command.callback([options, &output] { run_encrypt(*options, output); });
}

}  // namespace imgcrypt::cli

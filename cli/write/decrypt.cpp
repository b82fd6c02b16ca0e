#include "image/decrypt.hpp"

#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/write/encrypt_decrypt.hpp"
#include "cli/write/finish.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

DiffIdCheck diff_id_check(const std::string& word) {
  if (word == "always") return DiffIdCheck::kAlways;
  return word == "never" ? DiffIdCheck::kNever : DiffIdCheck::kAuto;
}

std::string_view word(DecryptedAs outcome) {
  switch (outcome) {
    case DecryptedAs::kDecrypted:
      return "decrypted";
    case DecryptedAs::kLocked:
      return "locked";
    case DecryptedAs::kNotChosen:
      return "not-chosen";
    case DecryptedAs::kPlain:
      return "plain";
  }
  return {};
}

std::string_view word(Exactness exactness) {
  switch (exactness) {
    case Exactness::kExact:
      return "exact";
    case Exactness::kDifferent:
      return "different";
    case Exactness::kNotRecorded:
      return "not-recorded";
    case Exactness::kPartial:
      return "partial";
    case Exactness::kNotEncrypted:
      return "not-encrypted";
  }
  return {};
}

JsonObject json_of(const DecryptResult& result, const Reference& target) {
  JsonObject json = written_result(target, result);
  if (result.root) json.add("exactness", word(result.exactness));
  json.add_or_null("sourceDigest", result.source_digest);
  JsonArray layers;
  for (const DecryptedLayer& layer : result.layers)
    layers.add(layer_result(layer.place, layer.layer).add("outcome", word(layer.outcome)));
  return json.add("layers", layers).add("leftOut", JsonArray::of(result.left_out));
}

// An image without encrypted layers needs no key, and for another the error says for whom it is encrypted.
KeyUnwrappers read_keys(const KeyOptions& keys, Output& output) {
  const bool has_any = keys.are_given() || !keys.certificates.empty() || !ProviderOptions::config().empty();
  return has_any ? keys.read(output) : KeyUnwrappers();
}

}  // namespace

void run_decrypt(const DecryptArguments& options, Output& output) {
  const Selection selection = options.selection.value();
  const OpenedSides image = options.write.open(options.selection, output);
  // After the images, so that nobody types a passphrase for a reference that does not exist.
  const KeyUnwrappers keys = read_keys(options.keys, output);
  DecryptOptions how;
  how.selection = selection;
  how.locked = options.is_partial ? Locked::kStay : Locked::kFail;
  how.diff_ids = diff_id_check(options.diff_ids);
  how.write = options.write.options();
  const DecryptResult result = decrypt_image(*image.source, *image.destination, keys, how, output);
  Ending ending{.json = json_of(result, image.target)};
  for (const DecryptedLayer& layer : result.layers)
    ending.would.add_line(layer.place + ": " + description(layer.outcome));
  finish(result, image, options.write, std::move(ending), output);
}

void define_decrypt(CLI::App& command, Output& output) {
  const auto options = std::make_shared<DecryptArguments>();
  options->write.add_arguments_to(command, "SRC", "image to read", IfMissing::kFail);
  options->selection.add_to(command);
  command.add_flag("--partial", options->is_partial,
                   "leave layers encrypted that no key opens (default: fail); an error if none is opened");
  command
      .add_option("--diff-ids", options->diff_ids,
                  "when to check each layer against the diff_ids in the image's config; auto (the default) "
                  "skips the check if the result is exactly the image that was encrypted")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("auto|always|never");
  options->keys.add_to(command);
  options->write.add_options_to(command);
  command.callback([options, &output] { run_decrypt(*options, output); });
}

}  // namespace imgcrypt::cli

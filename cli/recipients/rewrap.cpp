// `recipients add` and `recipients replace`: both unwrap the key of each layer and wrap it for others.
#include "cli/commands.hpp"
#include "cli/options/keys/key_options.hpp"
#include "cli/options/keys/recipient_options.hpp"
#include "cli/recipients/change.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct RewrapArguments {
  WriteArguments write;
  RecipientOptions recipients;
  KeyOptions keys;
  bool verify = false;
  bool no_verify = false;
  bool rotate = false;  // only of replace
};

enum class Verb { kAdd, kReplace };

// From a registry, to check the layers means to download all of them.
BlobCheck check_of(const RewrapArguments& arguments) {
  if (arguments.no_verify) return BlobCheck::kNone;
  const bool is_remote = Reference::parse(arguments.write.source).is_remote();
  return arguments.verify || !is_remote ? BlobCheck::kAll : BlobCheck::kMoved;
}

void run_rewrap(const RewrapArguments& arguments, Verb verb, Output& output) {
  const KeyWrappers wrappers = arguments.recipients.read(arguments.keys.providers, output);
  const OpenedSides image = arguments.write.open({}, output);
  const KeyUnwrappers keys = arguments.keys.read(output);
  const RecipientsOptions how{check_of(arguments), arguments.write.options()};
  const auto rotation = arguments.rotate ? Rotation::kFreshKeys : Rotation::kNone;
  finish_change(
      verb == Verb::kAdd
          ? add_recipients(*image.source, *image.destination, wrappers, keys, how, output)
          : replace_recipients(*image.source, *image.destination, wrappers, keys, rotation, how, output),
      image, verb == Verb::kAdd ? FormerReaders::kKept : FormerReaders::kShutOut, arguments.write, output);
}

std::shared_ptr<RewrapArguments> define_rewrap(CLI::App& command, Verb verb, Output& output) {
  const auto arguments = std::make_shared<RewrapArguments>();
  add_changed_image(command, arguments->write);
  arguments->recipients.add_to(command);
  command.add_flag("--verify", arguments->verify,
                   "check the HMAC of each layer first (default, but for images in registries)");
  command.add_flag("--no-verify", arguments->no_verify, "do not check the HMAC of each layer first")
      ->excludes("--verify");
  arguments->keys.add_to(command);
  arguments->write.add_options_to(command);
  command.callback([arguments, verb, &output] { run_rewrap(*arguments, verb, output); });
  return arguments;
}

}  // namespace

void define_recipients_add(CLI::App& command, Output& output) { define_rewrap(command, Verb::kAdd, output); }

void define_recipients_replace(CLI::App& command, Output& output) {
  const auto arguments = define_rewrap(command, Verb::kReplace, output);
  command.add_flag("--rotate", arguments->rotate, "encrypt the layers again, with new keys");
}

}  // namespace imgcrypt::cli

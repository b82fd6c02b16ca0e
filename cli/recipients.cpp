#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/options/digest_file_option.hpp"
#include "cli/options/dry_run_option.hpp"
#include "cli/options/image_arguments.hpp"
#include "cli/options/jobs_option.hpp"
#include "cli/options/key_options.hpp"
#include "cli/options/list_option.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/options/recipient_options.hpp"
#include "image/recipients/remove_recipients.hpp"
#include "keywrap/recipient_name.hpp"
#include "transport/open.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

namespace imgcrypt::cli {
namespace {

struct RecipientsArguments {
  std::string source;
  std::string destination;
  RecipientOptions recipients;
  bool rotate = false;
  bool no_verify = false;
  DryRunOption dry_run;
  KeyOptions keys;
  JobsOption jobs;
  DigestFileOption digest_file;
};

// In place unless there is a destination.
Reference target_of(const RecipientsArguments& options, const Reference& from, const RootDescriptor& root) {
  return options.destination.empty() ? in_place_reference(from, root) : Reference::parse(options.destination);
}

std::unique_ptr<ImageDestination> open_target(const RecipientsArguments& options, const Reference& target,
                                              const Reference& from, const RootDescriptor& root) {
  TransportOptions how{.other = from};
  if (options.destination.empty()) how.in_place_of = root.descriptor.digest;
  return open_destination(target, how);
}

RecipientsOptions how(const RecipientsArguments& options) {
  return {options.no_verify ? BlobCheck::kNone : BlobCheck::kHmac, options.dry_run.value(),
          options.jobs.value()};
}

void print(const RecipientsResult& result, const Reference& target, const DigestFileOption& digest_file,
           Output& output) {
  if (result.root) digest_file.write(result.root->digest);
  JsonObject json = written_result(target, result.root, result.replaced);
  json.add("layersChanged", result.layers);
  output.print_result(result.root ? target.string() + "@" + result.root->digest.string()
                                  : "the recipients of " + std::to_string(result.layers) +
                                        (result.layers == 1 ? " layer" : " layers") + " would change",
                      std::move(json));
}

enum class Verb { kAdd, kReplace };

void run_recipients(const RecipientsArguments& options, Verb verb, Output& output) {
  options.digest_file.check();
  const KeyWrappers wrappers = options.recipients.read(options.keys.providers, output);
  const Reference from = Reference::parse(options.source);
  const auto source = open_source(from);
  const Reference target = target_of(options, from, source->root());
  const auto destination = open_target(options, target, from, source->root());
  const KeyUnwrappers keys = options.keys.read(output);
  const auto rotation = options.rotate ? Rotation::kFreshKeys : Rotation::kNone;
  print(verb == Verb::kAdd
            ? add_recipients(*source, *destination, wrappers, keys, how(options), output)
            : replace_recipients(*source, *destination, wrappers, keys, rotation, how(options), output),
        target, options.digest_file, output);
}

std::string line_of(const RecipientList& list, std::size_t place) {
  const ListedRecipient& listed = list.recipients[place];
  return std::to_string(place) + "  " + listed.recipient.recipient.text() + "  " +
         std::to_string(listed.layers) + " of " + std::to_string(list.layers) + " layers";
}

JsonObject json_of(const ListedRecipient& listed) {
  return recipient_result(listed.recipient.recipient).add("layers", listed.layers);
}

void list(const std::string& reference, Output& output) {
  const auto source = open_source(Reference::parse(reference));
  const RecipientList list = list_recipients(*source);
  std::string lines;
  JsonArray recipients;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    lines += (i == 0 ? "" : "\n") + printable(line_of(list, i));
    recipients.add(json_of(list.recipients[i]));
  }
  output.print_result(list.layers == 0 ? "not encrypted" : lines,
                      JsonObject().add("encryptedLayers", list.layers).add("recipients", recipients));
}

struct RemoveOptions {
  RecipientsArguments places;
  std::vector<std::string> names;
  ListOption indexes;
};

std::size_t parse_index(const std::string& text) {
  std::size_t index = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error == std::errc() && stop == text.data() + text.size()) return index;
  throw Error(ErrorCode::kUsage, "--index " + text + " is not a number",
              "imgcrypt recipients list shows the numbers");
}

// Throws kUsage if the name fits no recipient, or the beginning of a fingerprint fits different ones.
std::set<std::size_t> places_of(const std::string& text, const RecipientList& list) {
  const RecipientName name = RecipientName::parse(text);
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (name.fits(list.recipients[i].recipient.recipient)) places.insert(i);
  }
  std::set<std::string> ids;
  for (const std::size_t place : places) ids.insert(list.recipients[place].recipient.recipient.fingerprint);
  if (ids.size() == 1 || (!ids.empty() && !name.is_beginning())) return places;
  throw Error(ErrorCode::kUsage,
              "recipient " + text +
                  (ids.empty() ? ": the image has no such recipient" : ": several recipients begin with it"),
              "imgcrypt recipients list shows them; --index N chooses one by its number");
}

std::set<std::size_t> chosen_places(const RemoveOptions& options, const RecipientList& list) {
  std::set<std::size_t> places;
  for (const std::string& index : options.indexes.values()) places.insert(parse_index(index));
  if (!places.empty() && *places.rbegin() >= list.recipients.size()) {
    throw Error(ErrorCode::kUsage,
                "--index " + std::to_string(*places.rbegin()) + ": the image has " +
                    std::to_string(list.recipients.size()) + " recipients",
                "imgcrypt recipients list shows their numbers");
  }
  for (const std::string& name : options.names) places.merge(places_of(name, list));
  if (!places.empty()) return places;
  throw Error(ErrorCode::kUsage, "no recipient to remove was given",
              "give one with -r, or its number with --index");
}

bool leaves_unnamed(const RecipientList& list, const std::set<std::size_t>& going) {
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (!going.contains(i) && list.recipients[i].recipient.recipient.fingerprint.empty()) return true;
  }
  return false;
}

void remove(const RemoveOptions& options, Output& output) {
  const Reference from = Reference::parse(options.places.source);
  const auto source = open_source(from);
  const Reference target = target_of(options.places, from, source->root());
  const auto destination = open_target(options.places, target, from, source->root());
  const RecipientList list = list_recipients(*source);
  const std::set<std::size_t> places = chosen_places(options, list);
  output.note(
      "removed recipients may have kept the keys of layers; imgcrypt recipients replace --rotate makes new "
      "ones");
  if (leaves_unnamed(list, places))
    output.note("some of the remaining recipients are unknown: a removed one may be among them");
  print(remove_recipients(*source, *destination, list, places, how(options.places), output), target,
        options.places.digest_file, output);
}

void add_places(CLI::App& command, RecipientsArguments& options) {
  add_source_argument(command, "REF", options.source, "image to change");
  add_destination_argument(command, options.destination, IfMissing::kInPlace);
}

std::shared_ptr<RecipientsArguments> add_rewrap(CLI::App& command, Verb verb, Output& output) {
  const auto options = std::make_shared<RecipientsArguments>();
  add_places(command, *options);
  options->recipients.add_to(command);
  command.add_flag("--no-verify", options->no_verify, "do not check the HMAC of each layer first");
  options->dry_run.add_to(command);
  options->keys.add_to(command);
  options->jobs.add_to(command);
  options->digest_file.add_to(command);
  command.callback([options, verb, &output] { run_recipients(*options, verb, output); });
  return options;
}

}  // namespace

void add_recipients_list(CLI::App& recipients, Output& output) {
  const auto reference = std::make_shared<std::string>();
  CLI::App* command = recipients.add_subcommand("list", "List recipients (needs no key)");
  add_source_argument(*command, "REF", *reference, "image to read");
  command->callback([reference, &output] { list(*reference, output); });
}

void add_recipients_add(CLI::App& recipients, Output& output) {
  add_rewrap(*recipients.add_subcommand("add", "Add recipients (does not encrypt layers again)"), Verb::kAdd,
             output);
}

void add_recipients_replace(CLI::App& recipients, Output& output) {
  CLI::App* command = recipients.add_subcommand(
      "replace",
      "Replace all recipients (without --rotate, anyone who has kept a layer's key can still decrypt it)");
  const auto options = add_rewrap(*command, Verb::kReplace, output);
  command->add_flag("--rotate", options->rotate, "encrypt the layers again, with new keys");
}

void add_recipients_remove(CLI::App& recipients, Output& output) {
  const auto options = std::make_shared<RemoveOptions>();
  CLI::App* command = recipients.add_subcommand("remove", "Remove recipients (needs no key)");
  add_places(*command, options->places);
  make_repeatable(command->add_option(
                      "-r,--recipient,--encryption-key", options->names,
                      "recipient to remove: jwe:PUBLICKEY, pkcs7:CERTIFICATE, provider:NAME (all recipients "
                      "of that provider) or the beginning of a fingerprint; can be given more than once"),
                  "RECIPIENT");
  options->indexes.add_to(*command, "--index",
                          "recipient to remove, by its number in imgcrypt recipients list", "N[,N]");
  options->places.dry_run.add_to(*command);
  options->places.digest_file.add_to(*command);
  options->places.jobs.add_to(*command);
  command->callback([options, &output] { remove(*options, output); });
}

}  // namespace imgcrypt::cli

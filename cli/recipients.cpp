#include "cli/command.hpp"
#include "image/recipients/remove_recipients.hpp"
#include "keywrap/recipient_pattern.hpp"
#include "keywrap/scheme_help.hpp"
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
  bool dry_run = false;
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
  return {options.no_verify ? BlobCheck::kNone : BlobCheck::kHmac,
          options.dry_run ? DryRun::kYes : DryRun::kNo, options.jobs.value()};
}

void print(const RecipientsResult& result, const Reference& target, const DigestFileOption& digest_file,
           Output& output) {
  if (result.root) digest_file.write(result.root->digest);
  JsonObject json = written_result(target, result.root, result.replaced);
  json.add("layersChanged", result.layers);
  output.print_result(result.root ? target.string() + "@" + result.root->digest.string()
                                  : std::to_string(result.layers) + " layers would get other recipients",
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
  return std::to_string(place) + "  " + listed.recipient.recipient.text + "  " +
         std::to_string(listed.layers) + " of " + std::to_string(list.layers) + " layers";
}

JsonObject json_of(const ListedRecipient& listed) {
  return recipient_json(listed.recipient.recipient).add("layers", listed.layers);
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
  throw Error(ErrorCode::kUsage, "--index " + text + " is no number of a recipient",
              "imgcrypt recipients list shows the numbers");
}

// Throws kUsage for a name that fits none, or several that differ.
std::set<std::size_t> places_of(const std::string& text, const RecipientList& list) {
  const RecipientPattern name = RecipientPattern::parse(text);
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (name.matches(list.recipients[i].recipient.recipient)) places.insert(i);
  }
  std::set<std::string> ids;
  for (const std::size_t place : places) ids.insert(list.recipients[place].recipient.recipient.fingerprint);
  if (ids.size() == 1 || (!ids.empty() && !name.is_beginning())) return places;
  throw Error(
      ErrorCode::kUsage,
      "recipient " + text + (ids.empty() ? ": the image has none of that name" : ": several begin so"),
      "imgcrypt recipients list shows them; --index N takes one by its number");
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
  throw Error(ErrorCode::kUsage, "no recipient was named", "name one with -r, or its number with --index");
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
  output.note("who could open a layer may have kept its key: recipients replace --rotate shuts them out");
  if (leaves_unnamed(list, places))
    output.note("some of the packets that stay do not say whose they are: they may be of the same recipient");
  print(remove_recipients(*source, *destination, list, places, how(options.places), output), target,
        options.places.digest_file, output);
}

void add_places(CLI::App& command, RecipientsArguments& options) {
  command.add_option("REF", options.source, "image: oci:DIR[:TAG|:@N|@DIGEST]")->required();
  command.add_option("DST", options.destination, "where to write it: oci:DIR[:TAG] (default: in place)");
}

std::shared_ptr<RecipientsArguments> add_rewrap(CLI::App& command, Verb verb, Output& output) {
  const auto options = std::make_shared<RecipientsArguments>();
  add_places(command, *options);
  options->recipients.add_to(command);
  command.add_flag("--no-verify", options->no_verify,
                   "do not check first that the layers are what the key's owner encrypted");
  command.add_flag("--dry-run", options->dry_run, "only say what would be done");
  options->keys.add_to(command);
  options->jobs.add_to(command);
  options->digest_file.add_to(command);
  command.callback([options, verb, &output] { run_recipients(*options, verb, output); });
  return options;
}

void add_remove(CLI::App& app, Output& output) {
  const auto options = std::make_shared<RemoveOptions>();
  CLI::App* command = app.add_subcommand("remove", "Let them open it no more; no key is needed");
  add_places(*command, options->places);
  make_repeatable(command->add_option("-r,--recipient,--encryption-key", options->names,
                                      "whom: " + removal_forms() +
                                          ", or a fingerprint's beginning; may be given "
                                          "several times"),
                  "WHO");
  options->indexes.add_to(*command, "--index", "whom, by the number that recipients list shows", "N[,N]");
  command->add_flag("--dry-run", options->places.dry_run, "only say what would be done");
  options->places.digest_file.add_to(*command);
  options->places.jobs.add_to(*command);
  command->callback([options, &output] { remove(*options, output); });
}

}  // namespace

void add_recipients(CLI::App& app, Output& output) {
  CLI::App* command = app.add_subcommand("recipients", "Show and change who can open an image");
  command->require_subcommand(1);
  const auto reference = std::make_shared<std::string>();
  CLI::App* list_command = command->add_subcommand("list", "Show who can open it");
  list_command->add_option("REF", *reference, "image: oci:DIR[:TAG|:@N|@DIGEST]")->required();
  list_command->callback([reference, &output] { list(*reference, output); });
  add_rewrap(*command->add_subcommand("add", "Let others open it, too; no layer is encrypted again"),
             Verb::kAdd, output);
  CLI::App* replace = command->add_subcommand(
      "replace", "Let others open it instead; without --rotate who knew a layer's key still does");
  const auto options = add_rewrap(*replace, Verb::kReplace, output);
  replace->add_flag("--rotate", options->rotate, "encrypt the layers again, with fresh keys");
  add_remove(*command, output);
}

}  // namespace imgcrypt::cli

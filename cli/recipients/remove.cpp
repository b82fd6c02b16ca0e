#include "base/text/short_list.hpp"
#include "cli/commands.hpp"
#include "cli/options/list_option.hpp"
#include "cli/options/make_repeatable.hpp"
#include "cli/recipients/change.hpp"
#include "image/recipients/change_recipients.hpp"
#include "image/recipients/remove_recipients.hpp"
#include "keywrap/recipient_pattern.hpp"
#include "keywrap/scheme_help.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

namespace imgcrypt::cli {
namespace {

struct RemoveArguments {
  WriteArguments write;
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

std::string why_none_fits(const RecipientPattern& name, const RecipientList& list) {
  if (name.is_too_short()) return "a fingerprint is given with at least four characters";
  const auto unnamed = std::ranges::count_if(list.recipients, [&](const ListedRecipient& row) {
    const PacketRecipient& recipient = row.recipient.recipient;
    return recipient.fingerprint.empty() && (name.is_beginning() || recipient.scheme == name.scheme);
  });
  if (unnamed == 0) return "the image has no such recipient";
  return "no recipient says that it is this one, and " + std::to_string(unnamed) +
         (unnamed == 1 ? " does not say who it is" : " do not say who they are");
}

// Throws kUsage if the name fits no recipient, or the beginning of a fingerprint fits different ones. A whole
// fingerprint is never the beginning of another one.
std::set<std::size_t> places_of(const std::string& text, const RecipientList& list) {
  const RecipientPattern name = RecipientPattern::parse(text);
  if (list.layers == 0) throw no_encrypted_layer();
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (name.matches(list.recipients[i].recipient.recipient)) places.insert(i);
  }
  const auto fingerprint_of = [&](std::size_t place) {
    return list.recipients[place].recipient.recipient.fingerprint;
  };
  if (std::ranges::any_of(places, [&](std::size_t place) { return fingerprint_of(place) == text; }))
    std::erase_if(places, [&](std::size_t place) { return fingerprint_of(place) != text; });
  // A fingerprint may be listed several times: that is still one recipient.
  std::set<std::string> ids;
  for (const std::size_t place : places) ids.insert(fingerprint_of(place));
  if (ids.size() == 1 || (!ids.empty() && !name.is_beginning())) return places;
  throw Error(ErrorCode::kUsage,
              "recipient " + text + ": " +
                  (ids.empty() ? why_none_fits(name, list)
                               : "several recipients begin with it: " + short_list({ids.begin(), ids.end()})),
              "imgcrypt recipients list shows them; --index N chooses one by its number");
}

std::set<std::size_t> chosen_places(const RemoveArguments& arguments, const RecipientList& list) {
  std::set<std::size_t> places;
  for (const std::string& index : arguments.indexes.values()) places.insert(parse_index(index));
  if (!places.empty() && list.layers == 0) throw no_encrypted_layer();
  if (!places.empty() && *places.rbegin() >= list.recipients.size()) {
    throw Error(ErrorCode::kUsage,
                "--index " + std::to_string(*places.rbegin()) + ": the image has " +
                    std::to_string(list.recipients.size()) +
                    (list.recipients.size() == 1 ? " recipient" : " recipients"),
                "imgcrypt recipients list shows their numbers");
  }
  for (const std::string& name : arguments.names) places.merge(places_of(name, list));
  if (!places.empty()) return places;
  throw Error(ErrorCode::kUsage, "no recipient to remove was given",
              "give one with -r, or its number with --index");
}

// Packets of hidden recipients and of key providers name nobody, so nobody can tell whether the right one is
// gone.
bool leaves_unnamed(const RecipientList& list, const std::set<std::size_t>& going) {
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (!going.contains(i) && list.recipients[i].recipient.recipient.fingerprint.empty()) return true;
  }
  return false;
}

void run_recipients_remove(const RemoveArguments& arguments, Output& output) {
  const OpenedSides image = arguments.write.open({}, output);
  const RecipientList list = list_recipients(*image.source);
  const std::set<std::size_t> places = chosen_places(arguments, list);
  const RecipientsResult result =
      remove_recipients(*image.source, *image.destination, list, places, arguments.write.options(), output);
  // Always said: a layer's key cannot be taken back from whoever has unwrapped it once.
  output.note(
      "removed recipients may have kept layer keys; imgcrypt recipients replace --rotate encrypts the layers "
      "with new ones");
  if (leaves_unnamed(list, places))
    output.note("some of the remaining recipients are unknown: a removed one may be among them");
  finish_change(result, image, FormerReaders::kShutOut, arguments.write, output);
}

}  // namespace

void define_recipients_remove(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<RemoveArguments>();
  add_changed_image(command, arguments->write);
  make_repeatable(command.add_option("-r,--recipient,--encryption-key", arguments->names,
                                     "recipient to remove: " + removal_forms() +
                                         ", or the beginning of a fingerprint; can be given more than once"),
                  "RECIPIENT");
  arguments->indexes.add_to(command, "--index",
                            "recipient to remove, by its number in imgcrypt recipients list", "N[,N]");
  arguments->write.add_options_to(command);
  command.callback([arguments, &output] { run_recipients_remove(*arguments, output); });
}

}  // namespace imgcrypt::cli

#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/options/image_arguments.hpp"
#include "cli/options/links_option.hpp"
#include "cli/options/registry_options.hpp"
#include "image/recipients/remove_recipients.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

std::string line_of(const RecipientList& list, std::size_t place) {
  const ListedRecipient& listed = list.recipients[place];
  return std::to_string(place) + "  " + listed.recipient.recipient.text + "  " +
         std::to_string(listed.layers) + " of " + std::to_string(list.layers) + " layers";
}

JsonObject json_of(const ListedRecipient& listed) {
  return recipient_result(listed.recipient.recipient).add("layers", listed.layers);
}

struct ListArguments {
  std::string reference;
  LinksOption links;
  RegistryArguments registry;
};

void run_recipients_list(const ListArguments& arguments, Output& output) {
  const auto source =
      open_source(Reference::parse(arguments.reference),
                  {.links = arguments.links.value(), .registry = arguments.registry.one(output)});
  const RecipientList list = list_recipients(*source);
  Text lines;
  JsonArray recipients;
  for (std::size_t i = 0; i < list.recipients.size(); ++i) {
    if (i != 0) lines.end_line();
    lines += line_of(list, i);
    recipients.add(json_of(list.recipients[i]));
  }
  output.print_result(list.layers == 0 ? Text("not encrypted") : lines,
                      JsonObject().add("encryptedLayers", list.layers).add("recipients", recipients));
}

}  // namespace

void add_recipients_list(CLI::App& recipients, Output& output) {
  const auto arguments = std::make_shared<ListArguments>();
  CLI::App* command = recipients.add_subcommand("list", "List recipients (needs no key)");
  add_source_argument(*command, "REF", arguments->reference, "image to read");
  arguments->links.add_to(*command);
  arguments->registry.add_to(*command, RegistrySides::kOne);
  command->callback([arguments, &output] { run_recipients_list(*arguments, output); });
}

}  // namespace imgcrypt::cli
